// What comes from outside: a file of organizations sent through the page, refused rows shown beside what was taken, a file broken in its form; a table of
// earlier years as somebody else's prefecture might have it; and, where KYODO_NPO_LIST names the National Tax Agency's list, all 27,835 NPOs of it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { atEnd, equal, expect, finish, has, Instance, open, test, text } from './lib.mjs';

const dir = mkdtempSync(path.join(tmpdir(), 'kyodo-sources-'));
atEnd(() => rmSync(dir, { recursive: true, force: true }));
const it = Instance.make();
await it.start();
const office = await open(it, { role: 'secretariat' });
const guest = await open(it, { width: 375 });

async function send(file) {
  await office.goto('/organizations/import');
  await office.setInputFiles('input[type=file]', file);
  await office.getByRole('button', { name: '取り込む' }).click();
  await office.waitForURL(/\/organizations\/import\/\d+$/);
  // It goes on after the answer; its page says how far it is.
  while ((await text(office)).includes('取り込んでいます')) {
    await office.waitForTimeout(200);
    await office.reload();
  }
  return office.locator('dl.facts > div').evaluateAll((rows) => Object.fromEntries(rows.map((r) => [r.querySelector('dt').textContent.trim(), r.querySelector('dd').textContent.trim().replace(/,/g, '')])));
}

await test('a list of groups without a number goes in through the page', async () => {
  const file = path.join(dir, '団体.csv');
  writeFileSync(file, '\ufeff名称,よみがな,種類,都道府県,市区町村\r\n髙﨑𠮷地区自治会,たかさきよしちくじちかい,neighbourhood,例示県,例里村\r\n例 おやこの会,れいおやこのかい,存在しない種類,例示県,例示市\r\n');
  const result = await send(file);
  has(await text(office), '取り込みました');
  equal(result['読んだ行'], '2');
  const refused = Number(result['取り込めなかった']);
  equal(Number(result['新しく加えた']) + refused, 2, 'each row in one place');
  if (refused) has(await text(office, 'main table'), '3行目');
  const again = await send(file);
  equal(again['新しく加えた'], '0', 'a second time adds nothing');
});

await test('a file cut short takes nothing and says where', async () => {
  const before = it.command('export', 'organizations', '--format', 'csv').split('\n').length;
  const file = path.join(dir, 'broken.csv');
  writeFileSync(file, '名称,よみがな\r\n例 切れた会,"れいきれ');
  await send(file);
  has(await text(office), '取り込めませんでした(1行も入っていません)');
  equal(it.command('export', 'organizations', '--format', 'csv').split('\n').length, before);
});

await test('a table of other schemes, forms and years stands as it was written', async () => {
  // Two schemes nobody else has, a year left out, blanks, a 0, a part of a total, a note, a break.
  const file = path.join(dir, 'history.csv');
  writeFileSync(file, ['scheme,form,1998,1999,2001,2003', '海辺の協働,砂浜の見守り,1,,3,4', '海辺の協働,松林の手入れ,,2,0,5', '海辺の協働,うち新規,,1,,2', '山の協働,,7,,8,9', '※,（※1999年度までは、県北だけを数えている。）,,,,', '|,海辺の協働,,,1,', ''].join('\r\n'));
  it.command('import', 'history', file, '--label', '例示県の古い表');
  await guest.goto('/statistics');
  const table = guest.locator('table.grid').first();
  const head = (await table.locator('thead th').allInnerTexts()).join(' ');
  for (const year of ['1998', '1999', '2001', '2003']) has(head, year);
  expect(!head.includes('2000') && !head.includes('2002'), `years without any figure are left out: ${head}`);
  const rows = await table.locator('tbody tr').evaluateAll((all) => all.map((tr) => [...tr.cells].map((c) => c.innerText.trim())));
  const columns = (await table.locator('thead th').allInnerTexts()).map((h) => /\d{4}/.exec(h)?.[0]);
  const cell = (label, year) => rows.find((r) => r[0].includes(label))?.[columns.indexOf(year)];
  equal(cell('砂浜の見守り', '1998'), '1');
  equal(cell('砂浜の見守り', '1999'), '記載なし', 'blank is blank');
  equal(cell('松林の手入れ', '2001'), '0', '0 is a figure');
  equal(cell('海辺の協働 計', '1998'), '1', 'the total adds what there is');
  equal(cell('海辺の協働 計', '2003'), '9', 'a part of the total is not added');
  equal(cell('山の協働', '2003'), '9', 'a scheme without forms');
  has(await text(guest), '（※1999年度までは、県北だけを数えている。）');
  has(await text(guest), '例示県の古い表');
  equal(await table.locator('tbody tr', { hasText: '砂浜の見守り' }).getByRole('link').count(), 0, 'imported counts carry no link');
  const csv = it.command('export', 'statistics', '--format', 'csv').replace(/^\ufeff/, '').split('\r\n');
  has(csv[0], 'scheme,form,1998,1999,2001,2003');
  expect(csv.some((l) => l.startsWith('海辺の協働,計,1,2,3,9')), csv.filter((l) => l.startsWith('海辺')).join(' / '));
  it.command('import', 'history', file, '--label', '例示県の古い表');
  equal(it.command('export', 'statistics', '--format', 'csv').replace(/^\ufeff/, '').split('\r\n').join(), csv.join(), 'the same file again replaces');
});

const list = process.env.KYODO_NPO_LIST;
if (list) {
  await test('27,835 NPOs go in through the page, and 福祉 is found among them', async () => {
    office.setDefaultTimeout(300000);
    const count = async () => {
      await guest.goto(`/search?q=${encodeURIComponent('福祉')}&kind=organization`);
      return Number(/団体 ([\d,]+)件/.exec(await text(guest))[1].replace(',', ''));
    };
    const before = await count();
    const result = await send(list);
    equal(result['読んだ行'], '27835');
    equal(Number(result['新しく加えた']) + Number(result['変わった']) + Number(result['変わりなし']) + Number(result['活動を終えた']) + Number(result['取り込めなかった']), 27835, 'each row in one place');
    expect(Number(result['新しく加えた']) > 20000, JSON.stringify(result));
    await guest.goto(`/search?q=${encodeURIComponent('福祉')}&kind=organization`);
    has(await text(guest), '福祉');
    // As many more as the file has lines with the word in name, city or street.
    const lines = readFileSync(list, 'utf8').split('\n').map((l) => l.split(',')).filter((f) => [f[6], f[10], f[11]].join().includes('福祉')).length;
    equal((await count()) - before, lines, 'all of them');
    await guest.goto(`/organizations?q=${encodeURIComponent('ひまわり')}`);
    const places = await guest.locator('main tbody tr').evaluateAll((all) => all.map((tr) => tr.innerText.replace(/\s+/g, ' ')));
    expect(places.length >= 10 && new Set(places).size === places.length, `groups of one name are told apart: ${places.slice(0, 3).join(' | ')}`);
    const wide = await guest.evaluate(() => document.scrollingElement.scrollWidth - document.documentElement.clientWidth);
    expect(wide <= 0, `${wide} px too wide`);
    it.command('audit', 'verify');
  });
} else console.log('KYODO_NPO_LIST is not set: the list of NPOs was not imported');

await test('nothing was complained of', async () => {
  for (const page of [office, guest]) equal(page.complaints.filter((c) => !c.includes('status of 4')).join('; '), '');
  await it.stop();
});
await finish();
