// The main job from end to end, as people do it: the secretariat asks, three sections answer, one answer goes back, the machine fails in between,
// the round is closed, the edition made and published, and then everything stands where the public finds it. Once for each engine.
import { check, engines, equal, expect, finish, has, Instance, open, test, text } from './lib.mjs';

// 79 characters, among them forms that are often lost: 髙 and 﨑 (not 高 and 崎), 𠮷 (outside the first 65,536 characters).
const long_name = '髙﨑𠮷地区の里山とため池を子どもから高齢者までみんなで調べて守り育てるための計画をつくり実行する住民と学校と会社と県の協働による例示ゼロ予算推進事業の準備会議';
const carried = '例 朝の公園体操の輪';
const new_summary = '自治会が毎朝の体操を開き、県が保健師と歯科衛生士を紹介します。';

await test('the long name has 79 characters', () => equal([...long_name].length, 79));

// This fiscal year in Japan, from April; as 令和.
const tokyo = new Date(Date.now() + 9 * 3600000);
const year = tokyo.getUTCMonth() >= 3 ? tokyo.getUTCFullYear() : tokyo.getUTCFullYear() - 1;
const era = year - 2018;
const wide = (s) => String(s).replace(/[0-9.]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0));
const weekday = '日月火水木金土'[new Date(Date.UTC(year + 1, 2, 31)).getUTCDay()];

const sections = { carried: '健康づくり課', fresh: '道路保全課', none: '子ども家庭課' };

async function todayLink(page, section) {
  await page.goto('/answers');
  const row = page.locator('ul.rows > li', { hasText: section }).filter({ hasText: `令和${era}年度 熊本型県民連携事業照会` });
  await row.getByRole('link').click();
}

// A line of the secretariat's board: where the section stands.
async function boardLine(page, board, section) {
  await page.goto(board);
  await page.evaluate(() => document.querySelectorAll('details').forEach((d) => { d.open = true; }));
  return page.locator('ul.rows > li', { hasText: section }).first();
}

for (const engine of engines) {
  const it = Instance.make({ engine });
  await it.start();
  const office = await open(it, { role: 'secretariat' });
  const promoter = await open(it, { role: 'promoter', width: 375, height: 812 });
  let board;
  let receipt;

  // Each step stands on those before it.
  let whole = true;
  const step = async (name, fn) => {
    if (whole) whole = await test(`${engine}: ${name}`, fn);
    else check(false, `${engine}: ${name}: not reached`);
  };

  await step('the secretariat opens an inquiry for all sections', async () => {
    await office.getByRole('navigation', { name: 'しごと' }).getByRole('link', { name: '照会' }).click();
    await office.getByRole('link', { name: '新しい照会をつくる' }).click();
    await office.getByLabel('熊本型県民連携事業').check();
    await office.getByLabel('年度当初').check();
    await office.fill('#due_on', wide(`R${era + 1}.3.31`).replace('R', 'Ｒ'));
    await office.getByRole('button', { name: '下書きを保存して、あて先を確かめる' }).click();
    has(await text(office), `令和${era + 1}年(${year + 1}年)3月31日(${weekday})23:59(日本時間)`, 'the date as it was understood');
    await office.getByRole('button', { name: /この照会を\d+課に送る/ }).click();
    await office.waitForURL(/\/inquiries\/\d+$/);
    board = new URL(office.url()).pathname;
    has(await text(office), '照会を送りました', 'receipt');
  });

  await step('the secretariat makes a promoter stand in for another section', async () => {
    await office.getByRole('navigation', { name: 'しごと' }).getByRole('link', { name: '設定' }).click();
    await office.getByRole('link', { name: /利用者/ }).first().click();
    await office.getByRole('link', { name: '例田 推子' }).click();
    await office.getByText('役割を加える').first().click();
    await office.getByLabel('推進員', { exact: true }).check();
    await office.selectOption('#unit', { label: `健康福祉部 ${sections.carried}` });
    await office.getByRole('button', { name: '役割を加える' }).click();
    has(await text(office), `健康福祉部 ${sections.carried} 推進員`, 'the duties');
  });

  await step('section 1 carries a project on with a change and submits', async () => {
    await promoter.goto('/home');
    has(await text(promoter), '照会', '今日やること');
    await todayLink(promoter, sections.carried);
    has(await text(promoter), carried);
    await promoter.getByRole('button', { name: '内容を見る・変える' }).click();
    await promoter.fill('#summary', new_summary);
    await promoter.getByRole('button', { name: '確認画面へ' }).click();
    has(await text(promoter), '変えたところ');
    has(await text(promoter), new_summary);
    await promoter.fill('#approver_post', '課長');
    await promoter.fill('#approved_on', `令和${wide(era)}年４月１日`);
    await promoter.getByRole('button', { name: 'この内容で提出する' }).click();
    await promoter.waitForURL(/receipt/);
    receipt = new RegExp(`R${era}-[A-Z]+-\\d+`).exec(await text(promoter))?.[0];
    expect(receipt, `no receipt number in: ${await text(promoter)}`);
  });

  await step('section 2 begins a new project; what is wrong comes back as it was typed', async () => {
    await todayLink(promoter, sections.fresh);
    await promoter.getByRole('button', { name: '新しい事業を加える' }).click();
    await promoter.fill('#name', long_name);
    await promoter.getByRole('button', { name: '次へ' }).click();
    equal(await promoter.inputValue('#name'), long_name, 'the name, byte for byte');
    await promoter.fill('#budget', '約300万');
    await promoter.getByRole('button', { name: '確認画面へ' }).click();
    expect((await promoter.title()).startsWith('エラー:'), `title: ${await promoter.title()}`);
    equal(await promoter.inputValue('#budget'), '約300万', 'what was typed');
    equal(await promoter.inputValue('#name'), long_name, 'the rest');
    expect(await promoter.locator('#budget[aria-invalid=true]').count() === 1, 'the field is marked');
    expect(await promoter.evaluate(() => document.activeElement?.closest('.summary') !== null), 'the summary has the focus');
  });

  await step('section 2 writes the new project', async () => {
    await promoter.fill('#budget', '０');
    await promoter.fill('#summary', '里山とため池を、住む人と学校と会社と県がいっしょに守ります。');
    await promoter.getByRole('group', { name: /^取りまとめ区分/ }).getByLabel('水平連携型').check();
    await promoter.getByRole('group', { name: /^協働の形態/ }).getByRole('checkbox').first().check();
    await promoter.fill('#partners-0-name', '例髙﨑ため池の会');
    await promoter.getByText('成果の指標', { exact: true }).first().click();
    await promoter.fill('#outcomes-0-name', '調べたため池');
    await promoter.fill('#outcomes-0-unit', 'か所');
    await promoter.fill('#outcomes-0-year', `令和${era}年度`);
    await promoter.fill('#outcomes-0-value', '12.5');
    await promoter.getByRole('button', { name: '確認画面へ' }).click();
    await promoter.waitForURL(/check/);
    const seen = await text(promoter);
    has(seen, long_name);
    if (seen.includes('直してください')) throw new Error(seen.slice(0, 800));
    await promoter.getByRole('button', { name: 'この内容で提出する' }).waitFor();
  });

  await step('the server is killed; what was acknowledged is there', async () => {
    await it.kill();
    await it.start();
    await promoter.reload();
    has(await text(promoter), long_name, 'the draft');
    await promoter.fill('#approver_post', '課長');
    await promoter.getByRole('button', { name: 'この内容で提出する' }).click();
    await promoter.waitForURL(/receipt/);
    has(await text(promoter), '提出しました');
    has(await (await boardLine(office, board, sections.carried)).innerText(), '提出ずみ', 'the first answer');
  });

  await step('section 3 answers 該当なし', async () => {
    const officer = await open(it, { role: 'officer' });
    await todayLink(officer, sections.none);
    await officer.getByRole('button', { name: '該当なしで回答する…' }).click();
    await officer.getByRole('button', { name: '該当なしで回答する' }).click();
    await officer.waitForURL(/receipt/);
    has(await text(officer), '「該当なし」で回答しました');
    equal(officer.complaints.join('\n'), '', 'complaints');
    await officer.context().close();
  });

  await step('the secretariat sends one back, the section hands in again', async () => {
    await (await boardLine(office, board, sections.fresh)).getByRole('link').click();
    await office.getByRole('link', { name: '差し戻す…' }).click();
    await office.getByLabel(/直してほしいところ/).fill('場所を書いてください。');
    await office.getByRole('button', { name: /に差し戻す$/ }).click();
    has(await (await boardLine(office, board, sections.fresh)).innerText(), '差し戻し');
    await promoter.goto('/home');
    has(await text(promoter), '差し戻', '今日やること');
    await todayLink(promoter, sections.fresh);
    has(await text(promoter), '場所を書いてください。');
    await promoter.getByRole('link', { name: long_name, exact: true }).click();
    await promoter.getByText('いつ・どこで').click();
    await promoter.fill('#place', '例示市髙﨑町のため池');
    await promoter.getByRole('button', { name: '確認画面へ' }).click();
    await promoter.waitForURL(/check/);
    await it.kill();
    await it.start();
    await promoter.getByRole('button', { name: 'この内容で提出する' }).click();
    await promoter.waitForURL(/receipt/);
    has(await text(promoter), '提出しました');
  });

  await step('the board counts; a reminder shows its recipients first', async () => {
    await office.goto(board);
    const figures = await text(office, 'main .figures');
    has(figures, '提出 2');
    has(figures, '該当なし 1');
    await office.getByRole('link', { name: /課へ催促…/ }).click();
    const before = await office.locator('input[name=answers]').count();
    expect(before > 80, `${before} recipients`);
    has(await text(office), '例川 太郎');
    await office.getByRole('button', { name: '選んだ課に催促を送る' }).click();
    await office.waitForURL((u) => u.pathname === board);
  });

  await step('closing, making and publishing the edition', async () => {
    await office.goto(board);
    await office.getByRole('link', { name: '照会を閉じる…' }).click();
    has(await text(office), '未回答の課');
    await office.getByRole('button', { name: 'この照会を閉じる' }).click();
    await office.waitForURL((u) => u.pathname === board);
    has(await text(office), '閉じ');
    await office.getByRole('navigation', { name: 'このサイト' }).getByRole('link', { name: '台帳の版' }).click();
    await office.getByRole('link', { name: '新しい版を作る' }).click();
    await office.getByLabel(/はじめのことば/).fill(`令和${era}年度の台帳です。`);
    await office.getByRole('button', { name: '版を作る' }).click();
    await office.waitForURL(/\/editions\/\d+$/);
    const edition = new URL(office.url()).pathname;
    const guest = await open(it);
    equal((await guest.goto(edition)).status(), 404, 'not yet published');
    await office.getByRole('link', { name: '公開する…' }).click();
    await office.getByLabel('いますぐ').check();
    // Another round of the year may still be open: the page says so and asks.
    const anyway = office.getByLabel('このまま公開します');
    if (await anyway.count()) await anyway.check();
    await office.getByRole('button', { name: 'を公開する' }).click();
    await office.waitForURL((u) => u.pathname === edition);
    equal((await guest.goto(edition)).status(), 200, 'published');
    has(await text(guest), long_name);
    await guest.context().close();
  });

  const guest = await open(it);
  await step('it stands in the register', async () => {
    await guest.goto('/projects');
    has(await text(guest), `令和${era}年度`);
    has(await text(guest), long_name);
    has(await text(guest), carried);
    await guest.getByRole('link', { name: long_name, exact: true }).click();
    const page = await text(guest);
    for (const words of [long_name, '水平連携型', '例髙﨑ため池の会', '例示市髙﨑町のため池', '12.5', '里山とため池を、住む人と学校と会社と県がいっしょに守ります。']) has(page, words);
    equal(await guest.locator('h1').count(), 1);
    has(await guest.title(), long_name);
    await guest.goto(`/projects?q=${encodeURIComponent('ため池')}&scheme=renkei`);
    has(await text(guest), long_name, 'found in the register');
  });

  await step('last year is still there beside it', async () => {
    await guest.goto('/projects');
    await guest.getByRole('link', { name: carried }).click();
    has(await text(guest), new_summary);
    has(await text(guest), `令和${era - 1}`);
    await guest.goto(`/projects?year=${year - 1}&q=${encodeURIComponent('体操')}`);
    has(await text(guest), carried);
    expect(!(await text(guest)).includes(long_name), 'the new project stands in last year');
  });

  await step('it stands in the table and the chart', async () => {
    await guest.goto('/statistics');
    const head = await guest.locator('table.grid').first().locator('thead th').allInnerTexts();
    const at = head.findIndex((h) => h.includes(String(year)));
    expect(at > 0, `no column for ${year}: ${head}`);
    const rows = await guest.locator('table.grid').first().locator('tbody tr').evaluateAll((trs) => trs.map((tr) => [...tr.cells].map((c) => c.innerText.trim())));
    const of = (label) => rows.find((r) => r[0].includes(label))?.[at];
    equal(of('水平連携型'), '1', 'horizontal');
    equal(of('民間団体主導型'), '1', 'citizen led');
    equal(of('人的資源活用型'), '0', 'asked, and nobody has one');
    equal(of('事業協定'), '記載なし', 'not asked yet: no figure, not 0');
    has(await guest.locator('figure.chart').first().evaluate((f) => f.textContent), `令和${era}`, 'the chart');
  });

  await step('a figure leads to the rows it counts', async () => {
    await guest.goto('/statistics');
    const row = guest.locator('table.grid').first().locator('tbody tr', { hasText: '水平連携型' });
    const link = row.getByRole('link', { name: '1', exact: true });
    await link.last().click();
    has(await text(guest), long_name);
    has(await text(guest), '1件');
  });

  await step('it is found by search, whatever form of the characters is typed', async () => {
    for (const words of ['髙﨑', '高崎', '𠮷', 'ため池', 'タメ池 "里山とため池"', '池']) {
      await guest.goto(`/search?q=${encodeURIComponent(words)}`);
      has(await text(guest), long_name, words);
    }
    await guest.goto(`/search?q=${encodeURIComponent('ため池 -里山')}`);
    expect(!(await text(guest)).includes(long_name), '-里山 leaves it out');
  });

  await step('it stands in CSV and JSON, from the page and from the command', async () => {
    const csv = await (await guest.request.get(`/projects?year=${year}&format=csv`)).body();
    equal(csv.subarray(0, 3).toString('hex'), 'efbbbf', 'the mark that Excel wants');
    has(csv.toString(), long_name);
    const json = await (await guest.request.get(`/projects?year=${year}&format=json`)).json();
    equal(json.projects.length, 2);
    const mine = json.projects.find((p) => p.statement.name === long_name);
    expect(mine, `not in JSON: ${JSON.stringify(json).slice(0, 400)}`);
    equal(mine.statement.category, 'horizontal');
    equal(mine.statement.budget, 0);
    equal((await (await guest.request.get(mine.url.replace(/$/, '&format=json'))).json()).statement?.name, long_name, 'its own page as JSON');
    const command = it.command('export', 'projects', '--format', 'json');
    has(command, JSON.stringify(long_name).slice(1, -1));
    has(it.command('export', 'projects', '--format', 'csv'), long_name);
    const statistics = it.command('export', 'statistics', '--format', 'csv').replace(/^\ufeff/, '').trim().split('\r\n').map((l) => l.split(','));
    const column = statistics[0].indexOf(String(year));
    expect(column > 0, statistics[0].join());
    equal(statistics.find((r) => r[1].includes('水平連携型'))[column], '1');
    JSON.parse(it.command('export', 'statistics', '--format', 'json'));
  });

  await step('nothing was complained of, the log is whole, the figures are right', async () => {
    for (const p of [office, promoter, guest]) equal(p.complaints.filter((c) => !/ERR_CONNECTION_REFUSED|Failed to load resource/.test(c)).join('\n'), '', 'complaints');
    it.command('audit', 'verify');
    it.command('edition', 'verify');
    await it.stop();
  });
}
await finish();
