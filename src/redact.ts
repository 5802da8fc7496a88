const secretParameter = /([?&;_](?:user(?:name)?|pass(?:word)?|pwd|token|key|secret|auth)=)[^&;#]*/gi;

/**
 * The URL as it may be shown: user and password, in front of the host or among the parameters, become `***`.
 * Text that is not a URL, such as a file path, comes back unchanged.
 *
 * Works on text rather than on a parsed URL, because what people paste as a password is often not valid there.
 */
export function redactUrl(url: string): string {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(url)?.[0];
  if (scheme === undefined) return url;
  const rest = url.slice(scheme.length);
  // The last @ counts: a password may hold an @, a slash or a question mark. At worst a bit of the path is hidden too.
  const at = rest.lastIndexOf('@');
  const shown = at < 0 ? rest : `***${rest.slice(at)}`;
  return scheme + shown.replace(secretParameter, '$1***');
}
