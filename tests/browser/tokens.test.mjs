// The colours and radii of assets/kyodo.css and of the charts are the Digital Agency's token values, and are readable where they are used.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const read = (name) => fs.readFileSync(path.join(root, name), 'utf8');
const tokensFile = path.join(path.dirname(createRequire(import.meta.url).resolve('@digital-go-jp/design-tokens/package.json')), 'dist/tokens.css');

let passed = 0;
let failed = 0;
const check = (ok, what) => {
  if (ok) passed += 1;
  else {
    failed += 1;
    console.log(`  not so: ${what}`);
  }
};

const tokens = new Map();
for (const [, name, value] of fs.readFileSync(tokensFile, 'utf8').matchAll(/--([a-z0-9-]+):\s*([^;]+);/g)) tokens.set(name, value.trim().toLowerCase());
const value = (name) => tokens.get(`color-${name}`) ?? tokens.get(name);
check(tokens.size > 100, `${tokensFile} holds tokens`);

// Every alias names its token and has its value; no other colour is used.
const css = read('assets/kyodo.css');
const rootBlock = css.match(/:root \{([\s\S]*?)\n\}/)[1];
const alias = new Map();
for (const line of rootBlock.split('\n')) {
  const m = line.match(/^\s*--([a-z-]+): ([^;]+);\s*(?:\/\* token: ([a-z0-9-]+))?/);
  if (!m) continue;
  alias.set(m[1], m[2].toLowerCase());
  check(m[3] && value(m[3]) === m[2].toLowerCase(), `--${m[1]}: ${m[2]} is the value of ${m[3]} (${value(m[3] ?? '')})`);
}
check(alias.size >= 30, `${alias.size} aliases were read`);
const used = css.replace(rootBlock, '').replace(/\/\*[\s\S]*?\*\//g, '').matchAll(/#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch)a?\([^)]*\)/g);
for (const [colour] of used) check(colour === '#ffffff', `${colour} stands outside the aliases`);
for (const [, name] of css.matchAll(/var\(--([a-z-]+)\)/g)) check(alias.has(name), `--${name} is defined`);

const chart = read('src/core/chart.c');
let paints = 0;
for (const [, colour, token] of chart.matchAll(/\{"(#[0-9a-f]{6})",[^}]*\},?\s*\/\* token: ([a-z0-9-]+) \*\//g)) {
  paints += 1;
  check(value(token) === colour, `chart colour ${colour} is ${token} (${value(token)})`);
}
check(paints === 10, `${paints} chart colours were read`);
const all = new Set(tokens.values());
for (const file of ['src/core/chart.c', 'assets/icon.svg'])
  for (const [colour] of read(file).matchAll(/#[0-9a-f]{6}\b/g)) check(all.has(colour), `${file}: ${colour} is a token's value`);

// Contrast (WCAG 2.2, 1.4.3 and 1.4.11), of aliases by name or of colours.
const luminance = (hex) => {
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (x, y) => {
  const [light, dark] = [luminance(x), luminance(y)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
};
const enough = (fore, back, least) => {
  const ratio = contrast(alias.get(fore) ?? fore, alias.get(back) ?? back);
  check(ratio >= least, `${fore} on ${back} has ${ratio.toFixed(2)}, needs ${least}`);
};
for (const back of ['paper', 'surface', 'info']) for (const fore of ['text', 'strong', 'sub', 'link', 'visited', 'hover']) enough(fore, back, 7);
for (const fore of ['text', 'strong', 'sub']) enough(fore, 'head', 6);
for (const fore of ['error', 'success', 'active', 'warn']) enough(fore, 'paper', 4.5);
for (const fore of ['link', 'visited', 'ink']) enough(fore, 'focus', 4.5);
enough('paper', 'primary', 7);
enough('paper', 'primary-hover', 7);
for (const name of ['control', 'line']) enough(name, 'paper', 3);
enough('line', 'head', 3);
enough('blue-text', 'info', 4.5);
for (const name of ['green', 'yellow', 'red']) enough(`${name}-text`, `${name}-paper`, 4.5);
for (const [, colour] of chart.matchAll(/\{"(#[0-9a-f]{6})",/g)) enough(colour, 'paper', 3);

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
