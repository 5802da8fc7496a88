import { expect, it } from 'vitest';
import { apiFor, neighbour, viewer } from '../../test/support/api-callers.js';
import { FakeServices } from '../../test/support/http-fakes.js';

it("the newest picture is where Frigate's users look for it", async () => {
  const services = new FakeServices();
  const { request } = apiFor(services);
  const reply = await request(viewer, 'GET', '/gate/latest.jpg?width=640&h=300');
  expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
  expect(services.snapshotWidths).toEqual([640]);
});

it.each([
  ['/none/latest.jpg', 'camera.not_found'],
  ['/gate/latest.jpg', 'camera.not_found'],
  ['/events/latest.jpg', 'event.not_found'],
  ['/cameras/latest.jpg', 'camera.not_found'],
  ['/1/other.jpg', 'request.not_found'],
])('%s is %s for somebody who may see camera 1', async (path, code) => {
  const { send } = apiFor(new FakeServices());
  expect(await send(neighbour, 'GET', path)).toMatchObject({ status: 404, json: { code } });
});
