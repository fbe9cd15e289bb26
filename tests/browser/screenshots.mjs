// Pictures of every page, to be looked at: node screenshots.mjs DIR [part of an address …]. Two widths, the whole length. No test: it checks nothing.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { finish, Instance } from './lib.mjs';
import { roles, routesOf, walk } from './routes.mjs';

const [dir, ...only] = process.argv.slice(2);
if (!dir) {
  console.error('usage: node screenshots.mjs DIR [part of an address …]');
  process.exit(2);
}
mkdirSync(dir, { recursive: true });
const it = Instance.make();
await it.start();
const routes = routesOf(it);
const seen = new Set();
const wanted = (role) => [...(role === 'nobody' ? ['/login', '/setup', '/forgot', '/forgot/sent', '/invitation', '/nowhere', '/search?q=zzzz', '/projects?q=zzzz', `/search?q=${encodeURIComponent('福祉')}`, '/search'] : [])];
for (const role of ['nobody', 'secretariat', ...roles.filter((r) => r !== 'nobody' && r !== 'secretariat')]) {
  const { page, found } = await walk(it, role, routes, wanted);
  for (const [pattern, addresses] of found)
    for (const { address, shape } of addresses) {
      if (seen.has(pattern + shape) || (only.length && !only.some((o) => address.includes(o)))) continue;
      seen.add(pattern + shape);
      for (const width of [375, 1280]) {
        await page.setViewportSize({ width, height: 900 });
        await page.goto(address);
        const name = `${width}_${role}_${decodeURIComponent(address).replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 60)}.png`;
        await page.screenshot({ path: path.join(dir, name), fullPage: true });
      }
      console.log(address, role);
    }
  await page.context().close();
}
await it.stop();
await finish();
