/* global SwaggerUIBundle -- of the script before this one */
SwaggerUIBundle({
  url: '/openapi.json',
  domNode: document.getElementById('docs'),
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  persistAuthorization: false,
  tryItOutEnabled: true,
  // Nothing is asked of any other machine.
  validatorUrl: null,
});
