// Every page × every role that may open it, and what people see when something is wrong: axe-core and html-validate find nothing, one h1 that the title
// repeats, nothing wider than the screen at 320, 375 and 1280 px, at most one filled button, controls of 44 px, the skip link first, no complaint on the
// console (a breach of the CSP would be one). Arguments keep to addresses that hold one of them: node pages.test.mjs /answers
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { HtmlValidate, FileSystemConfigLoader } from 'html-validate';
import { check, expect, finish, has, here, Instance, listen, open, test, text } from './lib.mjs';
import { roles, routesOf, walk } from './routes.mjs';

const axe = readFileSync(path.join(here, 'node_modules/axe-core/axe.min.js'), 'utf8');
const validator = new HtmlValidate(new FileSystemConfigLoader());
const only = process.argv.slice(2);

async function faultsOfHtml(html) {
  const report = await validator.validateString(html, path.join(here, 'page.html'));
  const lines = html.split('\n');
  return report.results.flatMap((r) => r.messages)
    .filter((m) => m.severity === 2)
    .filter((m) => !(m.ruleId === 'form-dup-name' && /type="hidden"/.test(lines[m.line - 1]))) // a list in hidden fields is how a list is sent
    .map((m) => `${m.ruleId}: ${m.message} (${lines[m.line - 1]?.slice(0, 160)})`);
}

async function faultsOfAxe(page) {
  await page.evaluate(axe);
  const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  return result.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(' | ')}`);
}

// These two run in the page.
function tooWide() {
  const limit = document.documentElement.clientWidth;
  if (document.scrollingElement.scrollWidth <= limit) return null;
  const inner = [...document.body.querySelectorAll('*')].filter((e) => e.getBoundingClientRect().right > limit + 1 && !e.closest('.table-wrap')).pop();
  return `${document.scrollingElement.scrollWidth - limit} px: ${inner ? `${inner.tagName}.${inner.className} ${inner.textContent.trim().slice(0, 40)}` : ''}`;
}

function facts() {
  const plain = (s) => s.replace(/\s+/g, ' ').trim();
  const shown = (selector) => [...document.querySelectorAll(selector)].filter((e) => e.checkVisibility() && !e.closest('.sr'));
  const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
  return {
    h1: [...document.querySelectorAll('h1')].map((h) => plain(h.innerText)),
    title: document.title,
    lang: document.documentElement.lang,
    landmarks: ['header', 'main', 'footer'].map((s) => document.querySelectorAll(`body > ${s}, body > div > ${s}`).length).join(),
    crumbs: document.querySelectorAll('nav.crumbs').length,
    filled: shown('.button').map((e) => plain(e.textContent)),
    low: shown('main button:not(.button-link), main input:not([type=hidden]):not([type=checkbox]):not([type=radio]), main select, main textarea, main a.button, main a.button-second')
      .filter((e) => e.getBoundingClientRect().height < 43.5).map((e) => `${e.tagName} ${plain(e.textContent).slice(0, 20) || e.name} ${Math.round(e.getBoundingClientRect().height)} px`),
    twice: ids.filter((id, i) => ids.indexOf(id) !== i),
    open_forms: [...document.querySelectorAll('main form')].filter((f) => f.method === 'post' && !(f.elements.key?.value && f.elements.csrf?.value)).length,
    uncaptioned: [...document.querySelectorAll('main table')].filter((t) => !t.caption?.textContent.trim() && !t.getAttribute('aria-labelledby')).length,
  };
}

// What the page shows now.
async function inspect(page, where, html, home = false, lang = 'ja') {
  const f = await page.evaluate(facts);
  check(f.h1.length === 1, `${where}: ${f.h1.length} h1`);
  const [first, ...rest] = f.title.replace(/^エラー: ?/, '').split(' - ');
  const bare = (s) => s.replace(/[\s…]/g, '');
  check(home || (rest.length >= 1 && bare(f.h1[0] ?? '').startsWith(bare(first).slice(0, 20))), `${where}: title 「${f.title}」, h1 「${f.h1[0]}」`);
  check(f.lang === lang && f.landmarks === '1,1,1', `${where}: lang ${f.lang}, header, main, footer ${f.landmarks}`);
  check(home || f.crumbs === 1, `${where}: ${f.crumbs} breadcrumbs`);
  check(f.filled.length <= 1, `${where}: filled buttons ${f.filled.join(' / ')}`);
  check(f.low.length === 0, `${where}: lower than 44 px: ${f.low.slice(0, 5).join('; ')}`);
  check(f.twice.length === 0, `${where}: ids that stand twice: ${f.twice.slice(0, 5).join()}`);
  check(f.open_forms === 0, `${where}: ${f.open_forms} forms without key or token`);
  check(f.uncaptioned === 0, `${where}: ${f.uncaptioned} tables without a caption`);
  await page.keyboard.press('Tab');
  const focus = await page.evaluate(() => ({ to: document.activeElement.getAttribute('href'), top: document.activeElement.getBoundingClientRect().top, summary: Boolean(document.querySelector('.summary[autofocus]')) }));
  check(focus.summary || (focus.to === '#main' && focus.top >= 0), `${where}: the first Tab does not show the skip link (${focus.to} at ${focus.top})`);
  const axed = await faultsOfAxe(page);
  check(axed.length === 0, `${where}: axe\n      ${axed.join('\n      ')}`);
  for (const width of [375, 320, 1280]) {
    if (width !== 375) await page.setViewportSize({ width, height: 812 });
    const wide = await page.evaluate(tooWide);
    check(!wide, `${where}: too wide at ${width} px by ${wide}`);
  }
  await page.setViewportSize({ width: 375, height: 812 });
  if (html) {
    const invalid = await faultsOfHtml(html);
    check(invalid.length === 0, `${where}: html-validate\n      ${invalid.slice(0, 6).join('\n      ')}`);
  }
  check(page.complaints.length === 0, `${where}: ${page.complaints.join('; ')}`);
}

async function look(page, address, role, status = 200, lang = 'ja') {
  const where = `${address} as ${role}`;
  page.complaints.length = 0;
  const answer = await page.goto(address);
  if (!check(answer.status() === status, `${where}: status ${answer.status()}`)) return;
  page.complaints = page.complaints.filter((c) => !(status >= 400 && c.includes(`status of ${status}`)));
  await inspect(page, where, await answer.text(), address === '/', lang);
}

const it = Instance.make();
await it.start();
const routes = routesOf(it);

await test('axe-core and html-validate find what is planted', async () => {
  const page = await open(it, { width: 375 });
  await page.goto('/');
  expect((await faultsOfAxe(page)).length === 0, 'a clean page');
  await page.evaluate(() => document.querySelector('main').insertAdjacentHTML('beforeend', '<img src="/x.svg"><input id="q1">'));
  expect((await faultsOfAxe(page)).length >= 2, 'two faults');
  expect((await faultsOfHtml('<!DOCTYPE html><html lang="ja"><head><title>x</title></head><body><p id="a">x<p id="a" style="color:red">y</body></html>')).length >= 2, 'two faults');
  await page.evaluate(() => document.querySelector('main').insertAdjacentHTML('beforeend', '<div style="width:2000px">x</div>'));
  await page.evaluate(() => { document.querySelector('main').lastElementChild.style.width = '2000px'; });
  expect(await page.evaluate(tooWide), 'too wide');
  await page.context().close();
});

// --- what the demo does not have: drafts, a made edition, answers that are being written, a letter's code, a withheld field ---

const more = Object.fromEntries(roles.map((role) => [role, []]));

// Presses the button and waits for the answer and the page after it.
async function pressed(page, name) {
  const [answer] = await Promise.all([page.waitForResponse((r) => r.request().method() === 'POST'), page.getByRole('button', { name }).click()]);
  await page.waitForLoadState();
  return answer;
}

// What a section has been sent of the round that is opened here.
async function answers(page) {
  await page.goto('/answers');
  return page.locator('ul.rows > li', { hasText: '例 年度当初の照会' }).getByRole('link').evaluateAll((as) => as.map((a) => a.getAttribute('href')));
}

async function add(page, answer, name = '例 まだ書きかけの事業') {
  await page.goto(`${answer}/projects/new`);
  await page.fill('#name', name);
  await page.getByRole('button', { name: '次へ' }).click();
  await page.waitForURL(/projects\/\d+$/);
  return new URL(page.url()).pathname;
}

await test('pages in all states are made', async () => {
  const office = await open(it, { width: 375, role: 'secretariat' });
  // An import that went in, and one broken in its form: the page of each, and the operator's look at them.
  for (const rows of ['名称,種類,都道府県,市区町村\r\n例 取り込んだ会,volunteer,例示県,例示市\r\n', '名称,種類\r\n例 切れた会,"']) {
    await office.goto('/organizations/import');
    await office.setInputFiles('input[type=file]', { name: '例の一覧.csv', mimeType: 'text/csv', buffer: Buffer.from(rows) });
    await office.getByRole('button', { name: '取り込む' }).click();
    await office.waitForURL(/\/organizations\/import\/\d+$/);
    while ((await text(office)).includes('取り込んでいます')) await office.reload();
    const imported = new URL(office.url()).pathname;
    more.secretariat.push(imported, imported.replace('/organizations/import', '/runs'));
    more.operator.push(imported.replace('/organizations/import', '/runs'));
  }
  const write = async (round) => {
    await office.goto('/inquiries/new');
    await office.getByLabel('熊本型県民連携事業').check();
    await office.getByLabel(round).check();
    await office.fill('#due_on', '2099/3/31');
    await office.fill('#title', `例 ${round}の照会`);
    await office.getByRole('button', { name: '下書きを保存して' }).click();
    await office.waitForURL(/\/inquiries\/\d+/);
    return /\/inquiries\/(\d+)/.exec(office.url())[1];
  };
  const inquiry = await write('年度当初');
  await office.goto(`/inquiries/${inquiry}/open`);
  await office.getByRole('button', { name: /^この照会を/ }).click();
  await office.waitForURL(new RegExp(`/inquiries/${inquiry}$`));
  // Of two sections one writes a project, the other has none.
  const promoter = await open(it, { role: 'promoter' });
  const officer = await open(it, { role: 'officer' });
  const [with_one, without] = await answers(promoter);
  const theirs = await add(promoter, with_one);
  more.promoter.push(with_one, theirs, `${theirs}/remove`, `${with_one}/check`, without, `${without}/none`, `${without}/projects/new`);
  const [hers] = await answers(officer);
  more.officer.push(`${hers}/none`);
  const her_project = await add(officer, hers);
  more.officer.push(hers, her_project, `${her_project}/remove`, `${hers}/projects/new`, `${hers}/check`);
  // Of last year's projects one is carried on, in an answer that is being written.
  await officer.goto('/answers');
  const carried = await officer.locator('ul.rows > li', { hasText: 'PSプロジェクト' }).getByRole('link').first().getAttribute('href');
  more.officer.push(carried);
  await officer.goto(carried);
  if (await officer.getByRole('button', { name: '内容を見る・変える' }).count()) {
    await officer.getByRole('button', { name: '内容を見る・変える' }).first().click();
    await officer.fill('#summary', 'ひとことを変えました。');
    await officer.getByRole('button', { name: '確認画面へ' }).click();
    more.officer.push(new URL(officer.url()).pathname);
  }
  // The secretariat writes for two sections that have sent paper.
  await office.goto(`/inquiries/${inquiry}`);
  const lines = await office.locator('ul.rows > li', { hasText: '0事業' }).locator('a').evaluateAll((as) => as.map((a) => a.getAttribute('href')));
  const paper = lines.filter((l) => ![with_one, without, hers].includes(l)).slice(-2);
  for (const answer of paper) {
    await office.goto(`${answer}/enter`);
    await office.locator('input[name=entered_how]').first().check();
    await office.getByLabel(/代わりに入力する理由/).fill('紙で受け取った');
    await office.getByRole('button', { name: '入力を始める' }).click();
    await office.waitForURL((u) => !u.pathname.endsWith('/enter'));
  }
  const ours = await add(office, paper[0]);
  more.secretariat.push(paper[0], ours, `${ours}/remove`, `${paper[1]}/projects/new`, `${paper[1]}/none`, with_one, theirs);
  // Sheets that came back: one whose headings and rows are sound, one with a fault; each page of both.
  const send = async (page, role, where, fault) => {
    const csv = await (await page.request.get(`${it.url}${where}.csv`)).text();
    const lines = csv.split('\r\n');
    const name = csv.split('\r\n')[0].split(',').indexOf('事業名');
    const row = lines[0].split(',').map((_, i) => (i === name ? '例 ファイルで加える事業' : ''));
    row[lines[0].split(',').indexOf('予算額(千円)')] = fault ? '約300万' : '300';
    await page.goto(where);
    await page.setInputFiles('input[name=file]', { name: '様式.csv', mimeType: 'text/csv', buffer: Buffer.from([lines[0], row.join(','), ''].join('\r\n')) });
    if (await page.locator('#entered_for').count()) await page.fill('#entered_for', 'メールで届いた');
    await page.getByRole('button', { name: '送って、内容を確かめる' }).click();
    await page.waitForURL(/\/sheets\/\d+$/);
    more[role].push(new URL(page.url()).pathname);
  };
  for (const [page, role, where] of [[promoter, 'promoter', without], [officer, 'officer', hers], [office, 'secretariat', paper[1]]])
    for (const fault of [true, false]) await send(page, role, `${where}/sheet`, fault);
  for (const [role, answer] of [['promoter', without], ['officer', hers], ['secretariat', paper[1]]]) more[role].push(`${answer}/sheet`, `/inquiries/${inquiry}/sheet`);
  const draft = await write('予算編成時期');
  for (const page of ['', '/edit', '/open', '/discard']) if (routes.some((r) => r.pattern === `/inquiries/:id${page}`)) more.secretariat.push(`/inquiries/${draft}${page}`);
  // An edition made and not published.
  const last = /year=(\d{4})/.exec(await (await office.goto('/projects'), office.content()))?.[1] ?? '';
  await office.goto(`/editions/new?year=${last}`);
  await office.getByRole('button', { name: '版を作る' }).click();
  await office.waitForURL(/\/editions\/\d+$/);
  const edition = new URL(office.url()).pathname;
  more.secretariat.push(edition, `${edition}/publish`, `${edition}/changes`, `${edition}/notices`);
  // Partners told of it beforehand; one of them looks by the code in the letter.
  await office.goto(`${edition}/notices`);
  if (await office.locator('input[name=organization]').count()) {
    await office.locator('input[name=organization]').first().check();
    await office.getByRole('button', { name: '選んだ団体に知らせる' }).click();
    await office.goto('/letters');
    await office.locator('main a', { hasText: 'ご確認ください' }).first().click();
    const told = /notices\/([A-Z0-9]{4}(?:-[A-Z0-9]{4}){3})/.exec(await text(office));
    for (const role of roles) more[role].push(`/notices/${told[1]}`);
  }
  // A field that is withheld, and a code to set a password.
  const project = /\/projects\/\d+/.exec(await (await office.goto('/projects'), office.content()))[0];
  await office.goto(`${project}/withhold`);
  await office.locator('input[name=field]').first().check();
  await office.fill('#reason', '例として');
  await office.getByRole('button', { name: '選んだ内容をかくす' }).click();
  for (const role of roles) more[role].push(project, `${project}/request`);
  // A correction's form; a request for one; good practice; a remark of the meeting.
  more.secretariat.push(`${project}/correct`, `${project}/withhold`, `${project}/practice`);
  await office.goto(`${project}/request`);
  await office.fill('#body', '例のまちがい');
  await office.getByRole('button', { name: 'まちがいを知らせる' }).click();
  await office.goto(`${project}/practice`);
  await office.locator('textarea[name^=reason-]').first().fill('例の理由');
  await office.locator('#state-public').check();
  await office.getByRole('button', { name: 'よい実践として保存する' }).click();
  more.secretariat.push('/office/criteria', '/requests');
  for (const role of roles) more[role].push('/good-practice');
  await office.goto(`/office${edition}/remarks`);
  await office.fill('#meeting', '庁内会議(例)');
  await office.fill('#held_on', '2026/4/2');
  await office.fill('#post', '例の部長');
  await office.fill('#body', '例の意見');
  await office.getByRole('button', { name: '意見を保存する' }).click();
  more.secretariat.push(`/office${edition}/paper`);
  // A section corrects its own project, and is told what somebody outside says of it. (One address waits between two requests.)
  for (const [page, role, wait] of [[promoter, 'promoter', 3000], [officer, 'officer', 6000]])
    for (let i = 1; i <= 100; i++) {
      if ((await page.request.get(`${it.url}/projects/${i}/correct`)).status() !== 200 || (await page.request.get(`${it.url}/projects/${i}`)).status() !== 200) continue;
      more[role].push(`/projects/${i}/correct`, '/requests');
      await office.waitForTimeout(wait);
      await office.goto(`/projects/${i}/request`);
      await office.fill('#body', '例のまちがい');
      await office.getByRole('button', { name: 'まちがいを知らせる' }).click();
      break;
    }
  await office.goto('/users');
  await office.getByRole('link', { name: '例川 太郎' }).click();
  await office.getByRole('button', { name: /番号を作る|招待/ }).first().click();
  await office.goto('/letters');
  await office.locator('main table a, main .rows a').first().click();
  const code = /[A-Z0-9]{4}(?:-[A-Z0-9]{4}){3}/.exec(await text(office));
  expect(code, `no code in the letter: ${(await text(office)).slice(0, 600)}`);
  for (const role of roles) more[role].push(`/invitation/${code[0]}`);
  for (const page of [office, promoter, officer]) await page.context().close();
});

// --- what several people bring about one after the other ---

await test('a round waits for its department', async () => {
  const office = await open(it, { width: 375, role: 'secretariat' });
  await office.goto('/inquiries');
  const round = await office.getByRole('link', { name: '令和8年度 PSプロジェクト照会' }).getAttribute('href');
  await office.goto(`${round}?state=passing`);
  const waiting = await office.locator('main a[href^="/answers/"]').first().getAttribute('href');
  more.secretariat.push(waiting, `${waiting}/skip`);
  await office.context().close();
});

await test('two sections write of one project', async () => {
  const [office, officer, promoter] = [await open(it, { width: 375, role: 'secretariat' }), await open(it, { width: 375, role: 'officer' }), await open(it, { width: 375, role: 'promoter' })];
  const number = (where) => /\d+$/.exec(where)[0];
  const both_write = async (name) => [await add(officer, (await answers(officer))[0], name), await add(promoter, (await answers(promoter))[0], name)];
  const merge = (one, other) => `/merges?one=${number(one)}&other=${number(other)}`;
  const make_one = async (one, other) => {
    await office.goto(merge(one, other));
    await pressed(office, '1つの事業にまとめる');
  };
  const [hers, theirs] = await both_write('例 よく似た事業');
  more.secretariat.push(merge(hers, theirs));
  // Of others the secretariat makes one: the section that wrote of it second has a word to say, and may merge it with one of its own.
  const [joint, second] = await both_write('例 共に担当する事業');
  await make_one(joint, second);
  const [first, led] = await both_write('例 もう1つの共に担当する事業');
  await make_one(led, first);
  more.officer.push(merge(hers, led));
  more.promoter.push(merge(theirs, joint));
  for (const role of ['secretariat', 'officer', 'promoter']) more[role].push(`${joint}/remarks`);
  await promoter.goto(`${joint}/remarks`);
  await promoter.fill('#remark', '例のひとこと');
  await promoter.getByRole('button', { name: '主担当課に伝える' }).click();
  has(await text(promoter), '例のひとこと');
  for (const page of [office, officer, promoter]) await page.context().close();
});

await test('municipalities are asked for cases', async () => {
  const [office, town] = [await open(it, { width: 375, role: 'secretariat' }), await open(it, { width: 375, role: 'municipality' })];
  const write = async (title, sent) => {
    await office.goto('/case-inquiries/new');
    await office.fill('#title', title);
    await office.fill('#due_on', '2099/3/31');
    await office.getByRole('button', { name: '下書きを保存する' }).click();
    await office.waitForURL(/case-inquiries\/\d+$/);
    more.secretariat.push(new URL(office.url()).pathname);
    if (sent) await pressed(office, 'この事例照会を送る');
    return new URL(office.url()).pathname;
  };
  const give = async (page, where) => {
    await page.goto(where);
    await page.fill('#name', '例 川の見守り');
    await page.fill('#summary', '川のごみを住民と拾う');
    await pressed(page, 'この事例を加える');
    await page.goto(where);
    return page.getByRole('link', { name: /^直す/ }).first().getAttribute('href');
  };
  const answer = async (title) => {
    await town.goto('/case-answers');
    await town.getByRole('link', { name: title }).click();
    const where = new URL(town.url()).pathname;
    for (const role of ['municipality', 'secretariat']) more[role].push(where);
    return where;
  };
  await write('例 まだ送らない事例照会', false);
  await write('例 事例のある照会', true);
  const board = await write('例 答えていない照会', true);
  const unanswered = await answer('例 答えていない照会');
  more.municipality.push(await give(town, await answer('例 事例のある照会')));
  // The secretariat writes for a municipality that has sent paper.
  await office.goto(board);
  const paper = (await office.locator('main a[href^="/case-answers/"]').evaluateAll((as) => as.map((a) => a.getAttribute('href')))).find((a) => a !== unanswered);
  await office.goto(paper);
  await office.locator('input[name=entered_how]').first().check();
  await pressed(office, '入力を始める');
  more.secretariat.push(paper, await give(office, paper));
  for (const page of [office, town]) await page.context().close();
});

await test('a section is split for the year to come', async () => {
  const office = await open(it, { width: 375, role: 'secretariat' });
  await office.goto('/reorganise');
  await office.locator('select[name=year] option').last().evaluate((o) => { o.selected = true; });
  await office.getByRole('button', { name: 'この年度にする' }).click();
  const section = office.locator('fieldset.child', { has: office.locator('legend', { hasText: '事業' }) }).first();
  await section.evaluate((f) => { f.closest('details').open = true; });
  await section.locator('select').selectOption('split');
  await section.locator('textarea').fill('例 第一課\n例 第二課');
  const answer = await pressed(office, '新しい組織の全体を確かめる');
  await inspect(office, '/reorganise/check as secretariat', await answer.text());
  await pressed(office, 'この組織の変更を取り込む');
  await office.goto('/reorganise/projects');
  expect(await office.getByRole('button', { name: '選んだものを決める' }).count(), 'projects whose section is not decided');
  more.secretariat.push('/reorganise/projects');
  await office.context().close();
});

// Pages that no link leads to.
const unlinked = (role) => ['/login', '/setup', '/forgot', '/forgot/sent', '/invitation', '/search', `/search?q=${encodeURIComponent('福祉')}`, '/search?q=zzzz',
  `/projects?q=${encodeURIComponent('竹林')}`, '/projects?q=zzzz', '/organizations?q=zzzz', ...(role === 'secretariat' ? ['/sections/carry'] : []),
  ...(role === 'operator' ? ['/sections/1/people'] : []), ...more[role]];

// Two pages at a time. Of a route each role looks at one page, and at those of a shape that nobody has looked at yet.
const shapes = new Set();
const list = [];
const walks = {};
async function both(queue, fn) {
  const worker = async (hand) => {
    for (let job = queue.shift(); job; job = queue.shift()) await fn(job, hand);
  };
  await Promise.all([worker(0), worker(1)]);
}
await both([...roles], async (role) => {
  walks[role] = await walk(it, role, routes, unlinked);
});
for (const role of roles) {
  const { page, found, missing, broken } = walks[role];
  check(broken.length === 0, `${role}: links that lead nowhere:\n      ${broken.join('\n      ')}`);
  // A collator, an approver or a municipality may open pages of sections by the role, but of none by the right: what they find is looked at.
  check(missing.length === 0 || ['collator', 'approver', 'municipality'].includes(role), `${role}: no page was found for ${missing.join(' ')}`);
  const before = list.length;
  for (const [pattern, addresses] of found)
    for (const [i, { address, shape }] of addresses.entries()) {
      if ((only.length && !only.some((o) => address.includes(o))) || (i > 0 && shapes.has(pattern + shape))) continue;
      shapes.add(pattern + shape);
      list.push({ role, address });
    }
  walks[role].pages = [page];
  console.log(`ok    ${role}: ${list.length - before} pages of ${found.size} routes`);
}
await both(list, async ({ role, address }, hand) => {
  const { page, pages } = walks[role];
  pages[hand] ??= await listen(await page.context().newPage());
  await look(pages[hand], address, role);
});
for (const role of roles) await walks[role].page.context().close();

// --- when something is wrong ---

async function submitted(page, where, press) {
  page.complaints.length = 0;
  const [answer] = await Promise.all([page.waitForResponse((r) => r.request().method() === 'POST'), press()]);
  await page.waitForLoadState();
  if (!check(answer.status() === 422, `${where}: status ${answer.status()}`)) return;
  page.complaints = page.complaints.filter((c) => !c.includes('status of 422'));
  check((await page.title()).startsWith('エラー:'), `${where}: title ${await page.title()}`);
  check(await page.evaluate(() => document.activeElement?.closest('.summary') !== null), `${where}: the summary has not the focus`);
  for (const href of await page.locator('.summary a').evaluateAll((as) => as.map((a) => a.getAttribute('href')))) {
    const lost = href.startsWith('#') && (await page.evaluate((id) => !document.getElementById(id), href.slice(1)));
    check(!lost, `${where}: the summary's link ${href} leads nowhere`);
  }
  await inspect(page, where, await answer.text());
}

if (!only.length) {
  await test('failures look like pages, too', async () => {
    const guest = await open(it, { width: 375 });
    await look(guest, '/nowhere', 'nobody', 404);
    await look(guest, '/projects/999999', 'nobody', 404);
    await look(guest, '/invitation/ABCD-EFGH-JKMN-PQRS', 'nobody', 422);
    await guest.goto('/login');
    await guest.fill('input[name=login]', 'nobody');
    await guest.fill('input[name=password]', 'wrong-password');
    await submitted(guest, '/login refused', () => guest.click('main button.button'));
    const member = await open(it, { width: 375, role: 'member' });
    await look(member, '/inquiries', 'member', 403);
    const office = await open(it, { width: 375, role: 'secretariat' });
    for (const [address, button] of [['/inquiries/new', /^下書きを保存/], ['/users/new', /./], ['/sections/new', /./], ['/organizations/new', /./], ['/sections/lines', /./]]) {
      await office.goto(address);
      await submitted(office, `${address} empty`, () => office.locator('main button.button').first().click());
    }
    const promoter = await open(it, { width: 375, role: 'promoter' });
    await promoter.goto(more.promoter[1]);
    await promoter.fill('#budget', '約300万');
    await promoter.fill('#name', '');
    await submitted(promoter, 'a project with faults', () => promoter.getByRole('button', { name: '確認画面へ' }).click());
    for (const page of [guest, member, office, promoter]) await page.context().close();
  });
}

// --- the other prefectures, and English: the public side, and what differs behind it ---

const publicPages = ['/', '/projects', '/projects/1', '/projects?q=%E4%BE%8B', '/statistics', '/editions', '/editions/1', '/organizations', '/organizations/1', '/search?q=%E4%BE%8B', '/login'];
if (!only.length || only.includes('prefectures')) {
  for (const preset of ['chiba', 'saga']) {
    await test(`the pages of ${preset}`, async () => {
      const other = Instance.make({ preset });
      await other.start();
      const guest = await open(other, { width: 375 });
      for (const address of publicPages) await look(guest, address, `nobody in ${preset}`);
      const office = await open(other, { width: 375, role: 'secretariat' });
      for (const address of ['/home', '/inquiries', '/inquiries/new', '/sections', '/vocabulary', '/vocabulary/form', '/vocabulary/category?year=all', '/vocabulary/form/new', '/words/1'])
        await look(office, address, `secretariat in ${preset}`);
      const promoter = await open(other, { width: 375, role: 'promoter' });
      await promoter.goto('/answers');
      const address = await promoter.locator('main a[href^="/answers/"]').first().getAttribute('href');
      await look(promoter, address, `promoter in ${preset}`);
      const project = await promoter.locator('main a[href*="/projects/"]').first().getAttribute('href').catch(() => null);
      if (project) await look(promoter, project, `promoter in ${preset}`);
      for (const page of [guest, office, promoter]) await page.context().close();
      await other.stop();
    });
  }
  await test('the public pages in English', async () => {
    const guest = await open(it, { width: 375 });
    await guest.goto('/projects');
    await guest.getByRole('button', { name: 'English' }).click();
    await guest.waitForURL((u) => u.pathname === '/projects');
    expect((await guest.title()).startsWith('Projects'), await guest.title());
    for (const address of publicPages) await look(guest, address, 'nobody in English', 200, 'en');
    await guest.getByRole('button', { name: '日本語' }).click();
    await guest.waitForLoadState();
    expect((await guest.evaluate(() => document.documentElement.lang)) === 'ja', 'back in Japanese');
    await guest.context().close();
  });
}
await finish();
