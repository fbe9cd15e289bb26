// The same for everybody: an answer by keyboard alone, without JavaScript, in forced colours, at twice the text size, on paper; and what a browser that
// behaves like one does: a draft saved by itself, a double click, a session that ended meanwhile, two people at one form, a closed tab.
import { spawnSync } from 'node:child_process';
import { check, equal, expect, finish, has, Instance, open, test, text } from './lib.mjs';

const it = Instance.make();
await it.start();

// The officer's answer of this year's inquiry, and its address.
async function myAnswer(page, words = 'PSプロジェクト') {
  await page.goto('/answers');
  return page.locator('ul.rows > li', { hasText: words }).getByRole('link').first().getAttribute('href');
}

// --- keyboard alone ---

// What has the focus, in words.
const focused = (page) => page.evaluate(() => {
  const e = document.activeElement;
  const label = e.labels?.[0]?.innerText ?? e.innerText ?? '';
  const style = getComputedStyle(e);
  const box = e.getBoundingClientRect();
  return {
    words: `${e.tagName} ${e.getAttribute('name') ?? ''} ${e.getAttribute('value') ?? ''} ${label}`.replace(/\s+/g, ' '),
    id: e.id, name: e.name ?? '', value: e.getAttribute('value') ?? '', text: label.replace(/\s+/g, ' ').trim(),
    ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 3,
    seen: box.bottom > 0 && box.top < innerHeight && box.width > 0,
    top: box.top + scrollY,
  };
});

// Tab until the focus is where `want` says. Every stop on the way must show itself.
async function tabTo(page, want, words) {
  const passed = [];
  for (let i = 0; i < 400; i++) {
    await page.keyboard.press('Tab');
    const f = await focused(page);
    if (f.words.startsWith('BODY')) continue;
    passed.push(f.words.slice(0, 40));
    if (!f.ring || !f.seen) throw new Error(`the focus cannot be seen on ${f.words} (ring ${f.ring}, on screen ${f.seen})`);
    if (want(f)) return f;
  }
  throw new Error(`${words} cannot be reached by Tab: ${passed.slice(-30).join(' > ')}`);
}
const press = (page, key) => Promise.all([page.waitForNavigation(), page.keyboard.press(key)]);

await test('an officer answers by keyboard alone', async () => {
  const page = await open(it);
  await page.goto('/login');
  await tabTo(page, (f) => f.name === 'login', 'the name');
  await page.keyboard.type(it.accounts.officer.login);
  await page.keyboard.press('Tab');
  await page.keyboard.type(it.accounts.officer.password);
  await press(page, 'Enter');
  await tabTo(page, (f) => f.text.includes('照会') && !f.text.includes('照会への回答'), 'what is to be done today');
  await press(page, 'Enter');
  expect(/\/answers\/\d+$/.test(page.url()), page.url());
  // Two projects of last year: the first goes on as it is, the second ends.
  await tabTo(page, (f) => f.name.startsWith('d.') && f.value === 'same', 'そのまま続ける');
  await page.keyboard.press('Space');
  await tabTo(page, (f) => f.name.startsWith('d.') && f.value === 'same', 'the second project');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  equal((await focused(page)).value, 'ended', 'arrows choose among radios');
  await tabTo(page, (f) => f.words.startsWith('TEXTAREA'), 'the reason');
  await page.keyboard.type('めざした成果が得られたため。');
  await tabTo(page, (f) => f.text === '確認画面へ', '確認画面へ');
  await press(page, 'Enter');
  expect(page.url().endsWith('/check'), `${page.url()}: ${(await text(page)).slice(0, 600)}`);
  await tabTo(page, (f) => f.name === 'approver_post', 'the approver');
  await page.keyboard.type('課長');
  await tabTo(page, (f) => f.text === 'この内容で提出する', 'この内容で提出する');
  await press(page, 'Enter');
  has(await text(page), '提出しました');
  await tabTo(page, (f) => f.text === '回答にもどる', '回答にもどる');
  await press(page, 'Enter');
  await tabTo(page, (f) => f.text === '提出を取り下げる', '提出を取り下げる');
  await press(page, 'Enter');
  has(await text(page), '下書き');
  equal(page.complaints.join(), '');
  await page.context().close();
});

await test('the skip link leads past the menus; the focus goes down the page as it is read', async () => {
  const page = await open(it, { role: 'officer' });
  await page.goto(await myAnswer(page));
  await page.keyboard.press('Tab');
  equal((await focused(page)).text, '本文へ移動');
  await page.keyboard.press('Enter');
  let last = -1;
  for (let i = 0; i < 12; i++) {
    await page.keyboard.press('Tab');
    const f = await focused(page);
    if (i === 0) expect(await page.evaluate(() => document.activeElement.closest('main') !== null), `after the skip link: ${f.words}`);
    expect(f.top >= last - 60, `the focus jumps up to ${f.words}`);
    last = f.top;
  }
  await page.context().close();
});

// --- without JavaScript ---

await test('a section answers without JavaScript', async () => {
  const page = await open(it, { javaScriptEnabled: false, width: 375, role: 'promoter' });
  await page.goto(await myAnswer(page));
  await page.getByRole('button', { name: '新しい事業を加える' }).click();
  await page.fill('#name', '例 スクリプトなしで書いた事業');
  await page.getByRole('button', { name: '次へ' }).click();
  // Rows of partners: two blank ones are there, and saving the draft gives more.
  await page.fill('#partners-0-name', '例 一つめの会');
  await page.fill('#partners-1-name', '例 二つめの会');
  await page.fill('#summary', '一文で書きました。');
  await page.getByRole('button', { name: '下書きを保存', exact: true }).last().click();
  has(await text(page), '下書きを保存しました');
  await page.fill('#partners-2-name', '例 三つめの会');
  await page.selectOption('#category', { index: 1 });
  await page.getByRole('group', { name: /^協働の形態/ }).getByRole('checkbox').first().check();
  await page.fill('#budget', '1,200');
  await page.getByRole('button', { name: '確認画面へ' }).click();
  expect(page.url().includes('/check'), `${page.url()}: ${(await text(page)).slice(0, 500)}`);
  const seen = await text(page);
  for (const words of ['例 一つめの会', '例 二つめの会', '例 三つめの会']) has(seen, words);
  await page.goto('/projects');
  await page.locator('details.filter > summary').click();
  await page.selectOption('#filter-scheme', { index: 1 });
  await page.getByRole('button', { name: 'この条件で見る' }).click();
  expect((await page.locator('ul.chips li').count()) > 0, 'the filter works');
  await page.context().close();
});

// --- the browser's own ways ---

const draft = async (page) => {
  await page.goto(`${await myAnswer(page)}/projects/new`);
  await page.fill('#name', '例 下書きの事業');
  await page.getByRole('button', { name: '次へ' }).click();
  await page.waitForURL(/projects\/\d+$/);
  return new URL(page.url()).pathname;
};

let address;
await test('a draft is saved by itself', async () => {
  const page = await open(it, { role: 'promoter' });
  address = await draft(page);
  const answered = page.waitForResponse((r) => r.request().method() === 'POST');
  await page.fill('#summary', '自動で保存されました。');
  await page.locator('#summary').dispatchEvent('change');
  expect((await answered).ok(), 'saved');
  await page.locator('.autosave', { hasText: '下書きを保存しました' }).waitFor();
  // A second time: the first answer's version and key were taken over.
  const again = page.waitForResponse((r) => r.request().method() === 'POST');
  await page.fill('#summary', '二度めも保存されました。');
  await page.locator('#summary').dispatchEvent('change');
  expect((await again).ok(), `saved again: ${(await again).status()}`);
  const other = await page.context().newPage();
  await other.goto(address);
  equal(await other.inputValue('#summary'), '二度めも保存されました。');
  await page.context().close();
});

await test('a double click makes one record', async () => {
  const page = await open(it, { role: 'promoter' });
  const answer = await myAnswer(page);
  await page.goto(answer);
  const before = await page.locator('ul.tasks > li').count();
  await page.goto(`${answer}/projects/new`);
  await page.fill('#name', '例 二度おした事業');
  await page.evaluate(() => {
    const form = document.querySelector('main form');
    const send = () => fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)), redirect: 'manual' });
    return Promise.all([send(), send(), send()]).then((all) => all.map((r) => r.type));
  });
  await page.getByRole('button', { name: '次へ' }).dblclick();
  await page.waitForURL(/projects\/\d+$/);
  await page.goto(answer);
  equal(await page.locator('ul.tasks > li').count(), before + 1);
  await page.context().close();
});

await test('two people at one form: nothing is lost, both texts are shown', async () => {
  const one = await open(it, { role: 'promoter' });
  const two = await open(it, { role: 'promoter' });
  await one.goto(address);
  await two.goto(address);
  await one.fill('#summary', '一人めが書いた文。');
  await one.getByRole('button', { name: '下書きを保存', exact: true }).last().click();
  await one.getByText('下書きを保存しました').first().waitFor();
  await two.fill('#summary', '二人めが書いた文。');
  await two.evaluate(() => document.querySelectorAll('details').forEach((d) => { d.open = true; }));
  await two.fill('#place', '二人めが書いた場所');
  const answered = two.waitForResponse((r) => r.request().method() === 'POST');
  await two.getByRole('button', { name: '下書きを保存', exact: true }).last().click();
  equal((await answered).status(), 409);
  const seen = await text(two);
  has(seen, '残すほうを選んでください');
  has(seen, '一人めが書いた文。');
  has(seen, '二人めが書いた文。');
  await two.getByLabel(/保存されているほう/).first().check();
  await two.getByRole('button', { name: '下書きを保存', exact: true }).last().click();
  await two.getByText('下書きを保存しました').first().waitFor();
  equal(await two.inputValue('#summary'), '一人めが書いた文。', 'the text chosen');
  equal(await two.inputValue('#place'), '二人めが書いた場所', 'what did not clash');
  for (const page of [one, two]) await page.context().close();
});

await test('a session that ended meanwhile gives the text back after login', async () => {
  const page = await open(it, { role: 'promoter' });
  await page.goto(address);
  await page.evaluate(() => document.querySelectorAll('details').forEach((d) => { d.open = true; }));
  await page.fill('#activity', '消えては困る長い文。\n二行め。');
  await page.context().clearCookies();
  await page.getByRole('button', { name: '下書きを保存', exact: true }).last().click();
  has(await text(page), 'ログイン');
  await page.fill('input[name=login]', it.accounts.promoter.login);
  await page.fill('input[name=password]', it.accounts.promoter.password);
  await page.locator('main').getByRole('button', { name: /ログイン/ }).click();
  await page.waitForLoadState();
  // Either it is saved at once or the form stands there again, filled in: what must not happen is that it is gone.
  if (!(await page.locator('#activity').count())) {
    const again = page.locator('main').getByRole('button').first();
    if (await again.count()) await again.click();
    await page.waitForLoadState();
  }
  await page.goto(address);
  equal((await page.inputValue('#activity')).replace(/\r/g, ''), '消えては困る長い文。\n二行め。');
  await page.context().close();
});

// --- eyes ---

await test('nothing is cut off at twice the text size', async () => {
  for (const width of [375, 1280]) {
    const page = await open(it, { width, height: 812, role: 'promoter' });
    for (const where of ['/', '/projects', '/statistics', '/organizations', '/home', '/answers', address]) {
      await page.goto(where);
      // As a user's browser does it: everything is a multiple of the root's size.
      await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
      const wide = await page.evaluate(() => document.scrollingElement.scrollWidth - document.documentElement.clientWidth);
      check(wide <= 0, `${where}: ${wide} px too wide at 200 % text on ${width} px`);
    }
    await page.context().close();
  }
});

await test('in forced colours buttons, tags and fields keep a border', async () => {
  const page = await open(it, { role: 'promoter' });
  await page.emulateMedia({ forcedColors: 'active' });
  for (const where of ['/answers', address]) {
    await page.goto(where);
    const bare = await page.evaluate(() => [...document.querySelectorAll('main .tag, main button:not(.button-link):not(.sr), main .button, main .button-second, main input[type=text], main textarea, main select')]
      .filter((e) => e.checkVisibility() && !e.closest('.sr') && (getComputedStyle(e).borderTopStyle === 'none' || parseFloat(getComputedStyle(e).borderTopWidth) < 1)).map((e) => e.outerHTML.slice(0, 80)));
    check(bare.length === 0, `${where}: no border in forced colours: ${bare.slice(0, 3).join(' | ')}`);
  }
  await page.context().close();
});

await test('on paper a page has its text, its address and no menus', async () => {
  const page = await open(it);
  await page.goto('/projects');
  const first = await page.locator('main table tbody th').first().innerText();
  const pdf = await page.pdf({ format: 'A4' });
  const r = spawnSync('pdftotext', ['-layout', '-', '-'], { input: pdf, encoding: 'utf8' });
  equal(r.status, 0, r.stderr);
  const bare = r.stdout.replace(/\s+/g, '');
  has(bare, first.replace(/\s+/g, '').slice(0, 8));
  has(bare, `${it.url}/projects`);
  expect(!bare.includes('この条件で見る'), 'the filter is printed');
  expect(!bare.includes('ログイン'), 'the menu is printed');
  await page.context().close();
});

await it.stop();
await finish();
