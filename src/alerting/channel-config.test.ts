import { describe, expect, it } from 'vitest';
import { channelSchema } from './channel-config.js';

const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const webhook = { type: 'webhook', url: 'https://hooks.example/x', secret };
const email = { type: 'email', host: 'mail.example', from: 'a@example.com', to: ['b@example.com'] };

const problemsOf = (channel: unknown): string[] =>
  channelSchema
    .safeParse(channel)
    .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

describe('a channel', () => {
  it('has what all have by default', () => {
    expect(channelSchema.parse(webhook)).toMatchObject({
      enabled: true,
      max_per_hour: 20,
      timeout_s: 10,
      rules: [],
    });
  });

  it.each([
    [{ ...webhook, secret: undefined }, /^secret: needs a secret/],
    [{ ...webhook, secret: 'whsec_short' }, /^secret: write whsec_/],
    [{ ...webhook, url: 'ftp://hooks.example' }, /^url: write an http/],
    [{ ...webhook, headers: { Host: 'inside' } }, /^headers\.Host/],
    [{ ...webhook, headers: { 'X-A': 'b\r\nX-C: d' } }, /printable ASCII/],
    [{ ...webhook, template: '{}' }, /^template: format: template/],
    [
      { ...webhook, format: 'template', template: '{"a": "{{nobody}}"}' },
      /^template: {{nobody}} is not known/,
    ],
    [
      { ...webhook, format: 'template', template: { a: ['{{nobody}}'] } },
      /^template: {{nobody}} is not known/,
    ],
    [{ ...webhook, format: 'template', template: '{"a": {{count}}}' }, /^template: is not JSON/],
    [{ ...webhook, link: 'https://x.example/{{nobody}}' }, /^link: {{nobody}}/],
    [{ ...email, username: 'a' }, /^password: username and password/],
    [{ ...email, username: 'a', password: 'b', security: 'none' }, /^security: a password is not sent/],
    [{ ...email, from: 'a@example.com\r\nBcc: c@example.com' }, /^from: write an e-mail/],
    [{ type: 'mqtt', url: 'mqtt://broker', prefix: 'a/#' }, /^prefix/],
    [{ type: 'ntfy', url: 'https://ntfy.example', topic: '../x' }, /^topic/],
  ])('is refused with a reason: %#', (channel, reason) => {
    expect(problemsOf(channel).join('\n')).toMatch(reason);
  });
});
