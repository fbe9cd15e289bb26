// Every page that a role may open, found as people find them: by following links from the home page. A route that no link leads to must be named in
// `unlinked`, or the test that uses this list fails.
import { Instance, open } from './lib.mjs';

export const roles = ['nobody', 'member', 'officer', 'promoter', 'secretariat', 'operator', 'collator', 'approver', 'municipality'];
const files = /\.(csv|json|xlsx|pdf|ics|atom)$|\/staff-list$/;
// How many addresses of one route are fetched: enough for a list's first and next page, a filtered one, an answer in another state.
const MOST = 8;

// What a page is made of, whatever stands in it: two answers in the same state have the same, one that may be edited has another.
export function shape(html) {
  const main = html.slice(html.indexOf('<main'), html.indexOf('</main>'));
  const parts = new Set([...main.matchAll(/<(\w+)(?:[^>]*?\s(?:class|name|type)="([^"]*)")?/g)].map((m) => `${m[1]} ${(m[2] ?? '').replace(/\d+/g, 'N')}`));
  return [...parts].sort().join('|');
}

export function routesOf(instance) {
  return instance.command('routes').trim().split('\n').map((line) => {
    const [method, pattern, lane, who] = line.split('\t');
    const exact = new RegExp(`^${pattern.replace(/[.]/g, '\\.').replace(/:name/g, '[^/]+').replace(/:[a-z]+/g, '\\d+')}$`);
    return { method, pattern, lane, who: who === 'anyone' ? roles : who.split(','), exact };
  });
}

// The route as the server finds it: plain text before a parameter.
function find(routes, pathname) {
  return routes.filter((r) => r.exact.test(pathname)).sort((a, b) => (a.pattern.match(/:/g)?.length ?? 0) - (b.pattern.match(/:/g)?.length ?? 0))[0];
}

const unescape = (s) => s.replace(/&amp;/g, '&').replace(/&quot;/g, '"').replace(/&#39;/g, "'").replace(/&lt;/g, '<').replace(/&gt;/g, '>');

// Logs in as `role` and walks. -> { page, found: Map(pattern -> [{ address, shape }]: one of each shape), missing: [pattern], broken: [text] }
export async function walk(instance, role, routes, unlinked = () => []) {
  const page = await open(instance, { width: 375, height: 812, role: role === 'nobody' ? null : role });
  const get = routes.filter((r) => r.method === 'GET' && r.who.includes(role) && !files.test(r.pattern));
  const found = new Map(get.map((r) => [r.pattern, []]));
  const fetched = new Map(get.map((r) => [r.pattern, []]));
  const seen = new Set();
  const broken = [];
  const given = new Set(unlinked(role));
  const queue = ['/', ...(role === 'nobody' ? [] : ['/home']), ...given];
  // The same route with other parameters is another page; with another cursor it is not.
  const kind = (url) => [...url.searchParams.keys()].filter((k) => k !== 'after' && k !== 'before').sort().join();
  while (queue.length) {
    const url = new URL(queue.shift(), instance.url);
    const address = url.pathname + url.search;
    if (url.origin !== instance.url || seen.has(address) || files.test(url.pathname) || url.searchParams.has('format')) continue;
    seen.add(address);
    const route = find(routes, url.pathname);
    if (!route) {
      if (!/^\/(static|assets)\//.test(url.pathname) && !/\.(css|js|svg)$/.test(url.pathname)) broken.push(`no route ${address}`);
      continue;
    }
    if (route.method !== 'GET' && !get.includes(route)) continue;
    const known = fetched.get(route.pattern);
    if (!known) {
      broken.push(`a link to ${address}, which ${role} may not open`);
      continue;
    }
    if (known.length >= MOST && known.some((k) => kind(new URL(k, instance.url)) === kind(url))) continue;
    if (known.length >= 2 * MOST && !given.has(address)) continue;
    const answer = await page.context().request.get(address, { maxRedirects: 0 });
    const status = answer.status();
    if (status >= 300 && status < 400) {
      queue.push(answer.headers().location);
      continue;
    }
    if (status !== 200) {
      broken.push(`${address}: ${status} for ${role}`);
      continue;
    }
    const html = await answer.text();
    known.push(address);
    const page_shape = shape(html);
    if (!found.get(route.pattern).some((p) => p.shape === page_shape)) found.get(route.pattern).push({ address, shape: page_shape });
    for (const m of html.matchAll(/<a\b[^>]*\shref="([^"]*)"/g)) {
      const to = unescape(m[1]);
      if (to.startsWith('/')) queue.push(to.replace(/#.*$/, ''));
    }
  }
  const missing = get.filter((r) => found.get(r.pattern).length === 0).map((r) => r.pattern);
  return { page, found, missing, broken };
}

export { Instance };
