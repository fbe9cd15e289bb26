// What the browser tests share: counting, an instance of Kyodo to try things on, a browser.
//
// A test file calls test(name, fn) for each thing it shows and ends with `await finish()`, which prints "N passed, N failed".
// The program under test is build/test/src/kyodo, or what KYODO_TEST_BINARY names. PostgreSQL is reached by KYODO_TEST_POSTGRES; without that
// variable a cluster of its own is started. KYODO_TEST_ENGINE=sqlite|postgres keeps to one engine.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createServer } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

export const here = path.dirname(fileURLToPath(import.meta.url));
export const root = path.resolve(here, '../..');
export const binary = path.resolve(root, process.env.KYODO_TEST_BINARY || 'build/test/src/kyodo');

// --- counting ---

let passed = 0;
let failed = 0;
const closers = []; // what must end with this process: servers, browser, folders

export async function test(name, fn) {
  const begun = Date.now();
  try {
    await fn();
    passed++;
    console.log(`ok    ${name} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
    return true;
  } catch (e) {
    failed++;
    console.log(`FAIL  ${name}\n      ${String(e && e.stack ? e.stack : e).replaceAll('\n', '\n      ')}`);
    return false;
  }
}

// Many small checks in a loop: each counts, and only a failure is printed.
export function check(ok, words) {
  if (ok) passed++;
  else {
    failed++;
    console.log(`FAIL  ${words}`);
  }
  return Boolean(ok);
}

export function atEnd(fn) {
  closers.push(fn);
}

async function closeAll() {
  while (closers.length) {
    try {
      await closers.pop()();
    } catch (e) {
      failed++;
      console.log(`FAIL  at the end: ${e.stack ?? e}`);
    }
  }
}

export async function finish() {
  await closeAll();
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed ? 1 : 0);
}

for (const name of ['SIGINT', 'SIGTERM']) {
  process.on(name, async () => {
    await closeAll();
    process.exit(130);
  });
}
process.on('unhandledRejection', async (e) => {
  failed++;
  console.log(`FAIL  unhandled: ${e.stack ?? e}`);
  await finish();
});

// --- engines ---

export const engines = ['sqlite', 'postgres'].filter((e) => !process.env.KYODO_TEST_ENGINE || process.env.KYODO_TEST_ENGINE === e);

let cluster;
function postgres() {
  if (process.env.KYODO_TEST_POSTGRES) return process.env.KYODO_TEST_POSTGRES;
  if (!cluster) {
    const dir = mkdtempSync(path.join(tmpdir(), 'kyodo-cluster-'));
    const r = spawnSync(path.join(root, 'tests/postgres'), ['start', dir, '--fast'], { encoding: 'utf8' });
    if (r.status !== 0) throw new Error(`tests/postgres start: ${r.stderr}`);
    cluster = r.stdout.trim();
    // The first to be closed last: whatever uses it has ended by then.
    closers.unshift(() => {
      spawnSync(path.join(root, 'tests/postgres'), ['stop', dir]);
      rmSync(dir, { recursive: true, force: true });
    });
  }
  return cluster;
}

function sql(url, text) {
  const r = spawnSync('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', url, '-c', text], { encoding: 'utf8' });
  if (r.status !== 0) throw new Error(`psql: ${r.stderr}`);
}

// --- an instance ---

function freePort() {
  return new Promise((resolve, reject) => {
    const s = createServer().on('error', reject);
    s.listen(0, '127.0.0.1', () => {
      const { port } = s.address();
      s.close(() => resolve(port));
    });
  });
}

let instances = 0;

export class Instance {
  // {engine, demo: true|false, preset}: made by `kyodo init` and, unless demo is false, `kyodo demo add`, whose accounts are in .accounts by role.
  static make({ engine = 'sqlite', demo = true, preset = 'kumamoto' } = {}) {
    const it = new Instance();
    it.engine = engine;
    it.dir = mkdtempSync(path.join(tmpdir(), 'kyodo-browser-'));
    it.database = path.join(it.dir, 'data');
    it.env = { ...process.env, LANG: 'ja_JP.UTF-8', ASAN_OPTIONS: process.env.ASAN_OPTIONS ?? 'detect_leaks=1' };
    delete it.env.KYODO_DATABASE;
    if (engine === 'postgres') {
      const url = postgres();
      const name = `kyodo_browser_${process.pid}_${++instances}`;
      sql(url, `CREATE DATABASE ${name}`);
      it.database = url.replace(/\/[^/?]*(\?|$)/, `/${name}$1`);
      it.env.KYODO_DATA = path.join(it.dir, 'data');
      mkdirSync(it.env.KYODO_DATA);
      atEnd(() => sql(url, `DROP DATABASE ${name} WITH (FORCE)`));
    }
    atEnd(async () => {
      await it.stop();
      rmSync(it.dir, { recursive: true, force: true });
    });
    it.command('init', '--preset', preset);
    it.accounts = {};
    if (demo) {
      for (const line of it.command('demo', 'add').trim().split('\n')) {
        const [role, login, password] = line.split('\t');
        it.accounts[role] = { login, password };
      }
    }
    return it;
  }

  // Runs a command to its end and gives its stdout; another exit than 0 is an error.
  command(...args) {
    const r = spawnSync(binary, [...args, '--database', this.database], { encoding: 'utf8', env: this.env, maxBuffer: 1 << 28 });
    if (r.status !== 0) throw new Error(`kyodo ${args.join(' ')}: exit ${r.status ?? r.signal}\n${r.stderr}`);
    return r.stdout;
  }

  // Serves on a port of this machine; the same one again after kill() or stop().
  async start() {
    this.port ??= await freePort();
    this.process = spawn(binary, ['serve', '--listen', `127.0.0.1:${this.port}`, '--database', this.database], { env: this.env, stdio: ['ignore', 'ignore', 'pipe'] });
    this.log = '';
    const child = this.process;
    child.stderr.setEncoding('utf8');
    this.ended = new Promise((resolve) => child.on('exit', (code, signal) => resolve({ code, signal })));
    await new Promise((resolve, reject) => {
      child.stderr.on('data', (text) => {
        this.log += text;
        const m = /event=listening address="(http:\/\/127\.0\.0\.1:\d+)"/.exec(this.log);
        if (m) {
          [, this.url] = m;
          resolve();
        }
      });
      this.ended.then((how) => reject(new Error(`serve ended (${how.code ?? how.signal})\n${this.log}`)));
    });
    return this;
  }

  // As when the power goes: nothing is finished.
  async kill() {
    this.process.kill('SIGKILL');
    await this.ended;
    this.process = null;
  }

  // A graceful stop. A sanitizer's report or another exit than 0 is an error.
  async stop() {
    if (!this.process) return;
    this.process.kill('SIGTERM');
    const how = await this.ended;
    this.process = null;
    if (how.code !== 0 || /ERROR: \w*Sanitizer|runtime error:/.test(this.log)) throw new Error(`serve ended with ${how.code ?? how.signal}:\n${this.log.slice(-4000)}`);
  }
}

// --- a browser ---

let shared;
export async function browser() {
  if (!shared) {
    const executablePath = process.env.KYODO_TEST_CHROMIUM || '/usr/bin/chromium';
    if (!existsSync(executablePath)) throw new Error(`${executablePath} is missing: apt-get install chromium`);
    shared = await chromium.launch({
      executablePath,
      env: { ...process.env, LC_ALL: 'C.UTF-8' }, // without it a file with a Japanese name is not sent
      // No requests of its own: this machine's pages alone are looked at.
      args: ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-domain-reliability',
        ...(process.getuid() === 0 ? ['--no-sandbox'] : [])],
    });
    atEnd(() => shared.close());
  }
  return shared;
}

// Everything the console or the network complains about is kept in page.complaints.
export function listen(page) {
  page.complaints = [];
  page.on('console', (m) => {
    if (m.type() === 'error' || m.type() === 'warning') page.complaints.push(`${m.type()}: ${m.text()}`);
  });
  page.on('pageerror', (e) => page.complaints.push(`script: ${e.message}`));
  page.on('requestfailed', (r) => {
    if (!/ERR_ABORTED/.test(r.failure()?.errorText ?? '')) page.complaints.push(`request: ${r.url()} ${r.failure()?.errorText}`);
  });
  return page;
}

// A page of its own session.
export async function open(instance, { width = 1280, height = 900, javaScriptEnabled = true, role = null } = {}) {
  const context = await (await browser()).newContext({ baseURL: instance.url, viewport: { width, height }, javaScriptEnabled, locale: 'ja-JP', timezoneId: 'Asia/Tokyo', reducedMotion: 'reduce' });
  context.setDefaultTimeout(120000); // for the slowest machine: nothing waits for as long as this where all is well
  const page = listen(await context.newPage());
  if (role) await login(page, instance, role);
  return page;
}

export async function login(page, instance, role) {
  const a = instance.accounts[role];
  if (!a) throw new Error(`no demo account for ${role}`);
  await page.goto('/login');
  await page.fill('input[name=login]', a.login);
  await page.fill('input[name=password]', a.password);
  await page.click('main button.button');
  await page.waitForURL((u) => !u.pathname.startsWith('/login'));
}

// A page's text as a person reads it: blanks run together.
export async function text(page, selector = 'main') {
  return (await page.locator(selector).first().innerText()).replace(/\s+/g, ' ').trim();
}

export function expect(ok, words) {
  if (!ok) throw new Error(words);
}

export function equal(got, want, words = '') {
  if (got !== want) throw new Error(`${words}\n  got  ${JSON.stringify(got)}\n  want ${JSON.stringify(want)}`);
}

export function has(haystack, needle, words = '') {
  if (!haystack.includes(needle)) throw new Error(`${words} 「${needle}」 is not in: ${haystack.slice(0, 1500)}`);
}

