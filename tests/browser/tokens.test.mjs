// The colours and sizes are the Digital Agency's: every alias of assets/kyodo.css and every colour of the charts has the value of the token named behind
// it, no other colour is used, and what is text can be read on what lies under it.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { check, finish, here, root } from './lib.mjs';

const tokens = new Map();
for (const m of readFileSync(path.join(here, 'node_modules/@digital-go-jp/design-tokens/dist/tokens.css'), 'utf8').matchAll(/--([\w-]+):\s*([^;]+);/g)) tokens.set(m[1].replace(/^color-/, ''), m[2].trim().toLowerCase());
const resolve = (name) => {
  let v = tokens.get(name);
  for (let i = 0; v && v.startsWith('var(') && i < 5; i++) v = tokens.get(v.slice(6, -1).replace(/^color-/, ''));
  return v;
};
check(tokens.size > 200, `the package has ${tokens.size} tokens`);
const long = (hex) => (hex.length === 4 ? `#${[...hex.slice(1)].map((c) => c + c).join('')}` : hex);

const css = readFileSync(path.join(root, 'assets/kyodo.css'), 'utf8');
const alias = {};
for (const m of css.matchAll(/^\s*--([\w-]+):\s*([^;]+);\s*\/\* token: ([\w-]+)/gm)) {
  alias[m[1]] = m[2].toLowerCase();
  check(resolve(m[3]) === m[2].toLowerCase(), `--${m[1]} is ${m[2]}, the token ${m[3]} is ${resolve(m[3])}`);
}
check(Object.keys(alias).length >= 25, `${Object.keys(alias).length} aliases name their token`);
// Only :root holds colours; rules use aliases.
const rules = css.replace(/\/\*[^]*?\*\//g, '').replace(/^:root \{[^]*?^\}/m, '');
for (const m of rules.matchAll(/#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch)a?\([^)]*\)/gi)) check(long(m[0].toLowerCase()) === alias.paper, `a colour beside the aliases: ${m[0]}`);

const sources = ['src/core/chart.c', ...readdirSync(path.join(root, 'assets')).filter((f) => f.endsWith('.svg')).map((f) => `assets/${f}`)];
const values = new Set([...tokens.keys()].map(resolve));
for (const file of sources) {
  const source = readFileSync(path.join(root, file), 'utf8').replace(/\b0x([0-9a-f]{6})\b/g, '"#$1"');
  for (const m of source.matchAll(/#[0-9a-f]{6}\b|#[0-9a-f]{3}\b/gi)) check(values.has(long(m[0].toLowerCase())), `${file}: ${m[0]} is no token`);
  for (const m of source.matchAll(/"(#[0-9a-f]{6})"[^#\n]*?\/\* token: ([\w-]+)/gi)) check(resolve(m[2]) === m[1].toLowerCase(), `${file}: ${m[1]}, the token ${m[2]} is ${resolve(m[2])}`);
}

// WCAG's contrast.
const light = (hex) => {
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (x, y) => {
  const [a, b] = [light(x), light(y)].sort((p, q) => q - p);
  return (a + 0.05) / (b + 0.05);
};
const least = [
  [4.5, 'text', 'paper surface info head yellow-paper'], [4.5, 'strong', 'paper surface info head'], [4.5, 'sub', 'paper surface'], [4.5, 'link', 'paper surface info focus'],
  [4.5, 'visited', 'paper surface info focus'], [4.5, 'hover', 'paper surface'], [4.5, 'active', 'paper'], [4.5, 'error', 'paper'], [4.5, 'blue-text', 'info'], [4.5, 'green-text', 'green-paper'],
  [4.5, 'yellow-text', 'yellow-paper'], [4.5, 'red-text', 'red-paper'], [4.5, 'paper', 'primary primary-hover'], [3, 'control', 'paper surface'], [3, 'line', 'paper head'], [3, 'success', 'paper'],
  [3, 'warn', 'paper'], [3, 'ink', 'focus paper'],
];
for (const [ratio, name, grounds] of least)
  for (const ground of grounds.split(' ')) {
    if (!check(alias[name] && alias[ground], `no alias ${name} or ${ground}`)) continue;
    const is = contrast(alias[name], alias[ground]);
    check(is >= ratio, `${name} on ${ground}: ${is.toFixed(2)}, not ${ratio}`);
  }
const charts = readFileSync(path.join(root, 'src/core/chart.c'), 'utf8').match(/static const (?:struct drawing_tile|uint32_t) \w+\[\] = \{[^]*?\};/g).join('');
const paints = [...charts.matchAll(/\b0x([0-9a-f]{6})\b/g)].map((m) => `#${m[1]}`);
check(paints.length >= 10, `${paints.length} colours of charts`);
for (const paint of paints) check(contrast(paint, alias.paper) >= 3, `chart: ${paint} on white ${contrast(paint, alias.paper).toFixed(2)}`);
// Sizes: nothing smaller than 16 px but the 14 px of a chart's axes.
for (const m of rules.matchAll(/font-size:\s*([\d.]+)rem/g)) check(Number(m[1]) >= 1, `font-size ${m[1]}rem`);
await finish();
