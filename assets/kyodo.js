// Improves pages that work without it: keeps drafts while people type, adds rows to repeated groups, opens the filter on wide screens,
// says that a table can be scrolled only where it can.
'use strict';
(() => {
  const $ = (selector, root = document) => [...root.querySelectorAll(selector)];

  // --- filter: open beside the results, closed above them on a phone ---
  const wide = matchMedia('(min-width: 60rem)');
  const openFilters = () => $('details.filter').forEach((d) => { if (wide.matches) d.open = true; });
  wide.addEventListener('change', openFilters);
  openFilters();

  // --- "scroll sideways" is said only where there is something to scroll ---
  const hints = () => $('.scroll-hint').forEach((p) => {
    const wrap = p.nextElementSibling;
    if (wrap && wrap.classList.contains('table-wrap')) p.hidden = wrap.scrollWidth <= wrap.clientWidth;
  });
  addEventListener('resize', hints);
  hints();

  // --- repeated groups: partners.0.name, partners.1.name … ---
  const renumber = (row, name, id, from, to) => {
    for (const e of [row, ...$('*', row)]) {
      for (const a of ['name', 'id', 'for', 'aria-describedby', 'aria-labelledby']) {
        const v = e.getAttribute(a);
        if (v) e.setAttribute(a, v.replaceAll(`${name}.${from}.`, `${name}.${to}.`).replaceAll(`${id}-${from}-`, `${id}-${to}-`));
      }
    }
  };
  const blank = (row) => {
    for (const e of $('input, select, textarea', row)) {
      e.removeAttribute('aria-invalid');
      if (e.type === 'checkbox' || e.type === 'radio') e.checked = false;
      else if (e.tagName === 'SELECT') e.selectedIndex = 0;
      else e.value = '';
    }
    $('.error, .echo', row).forEach((e) => e.remove());
    $('.wrong', row).forEach((e) => e.classList.remove('wrong'));
  };
  $('.children[data-add]').forEach((group) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = group.dataset.add;
    button.addEventListener('click', () => {
      const rows = $('.child', group);
      const name = group.dataset.name;
      const id = name.replaceAll('.', '-');
      const row = rows[rows.length - 1].cloneNode(true);
      renumber(row, name, id, rows.length - 1, rows.length);
      blank(row);
      row.querySelector('legend').textContent = `${group.dataset.label} ${rows.length + 1}`;
      button.before(row);
      const first = row.querySelector('input:not([type=hidden]), select, textarea');
      if (first) first.focus();
    });
    group.append(button);
  });

  // --- drafts ---
  const tokyo = new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Tokyo', hour: 'numeric', minute: '2-digit' });
  const clock = (t) => `${tokyo.format(t).replace(/^0(?=\d)/, '').replace(':', '時')}分`;
  const failed = '保存できませんでした。この画面を閉じずに、通信を確かめてください。';
  $('form[data-autosave]').forEach((form) => {
    let line = form.querySelector('.autosave');
    if (!line) {
      line = document.createElement('p');
      line.className = 'autosave';
      const foot = $('.actions', form).pop();
      if (foot) foot.before(line); else form.append(line);
    }
    line.setAttribute('role', 'status');
    const say = (text, bad) => {
      line.textContent = text;
      line.classList.toggle('failed', bad);
    };
    let timer = 0;
    let busy = false;
    let changed = false;
    let stopped = false;

    // The answer is the form as it now stands: its hidden fields carry the new version and the key of the next save.
    const take = (html) => {
      const fresh = new DOMParser().parseFromString(html, 'text/html').getElementById(form.id);
      if (!fresh) return false;
      for (const e of $('input[type=hidden][name]', fresh)) {
        const mine = $('input[type=hidden][name]', form).find((x) => x.name === e.name);
        if (mine) mine.value = e.value;
      }
      return true;
    };
    const save = async () => {
      if (busy || stopped || !changed) return;
      busy = true;
      changed = false;
      const data = new FormData(form);
      data.set('draft', '1');
      let good = false;
      let text = failed;
      try {
        const plain = form.enctype !== 'multipart/form-data';
        const answer = await fetch(form.action, { method: 'POST', body: plain ? new URLSearchParams(data) : data, credentials: 'same-origin' });
        const html = await answer.text();
        if (answer.ok && !answer.url.includes('/login')) good = take(html);
        else if (answer.status === 422) {
          take(html);
          text = 'まだ保存していません。数や日付に直すところがあります。「下書きを保存」を押すと、どこか分かります。';
        } else if (answer.status === 409) text = '保存できませんでした。ほかの人が先に保存したか、いまの状態では変えられません。「下書きを保存」を押すと、違うところが分かります。';
        else if (answer.status === 401 || answer.status === 403) text = '保存できませんでした。この画面を閉じずに「下書きを保存」を押してください。ログインすると、入力した内容で続けられます。';
      } catch { /* no connection: the sentence says so */ }
      busy = false;
      if (good) {
        say(`下書きを保存しました(${clock(new Date())})。まだ提出していません。`, false);
      } else {
        changed = true;
        say(text, true);
      }
      if (good ? changed : text === failed) later(good ? 3000 : 20000);
    };
    const later = (ms) => {
      clearTimeout(timer);
      timer = setTimeout(save, ms);
    };
    form.addEventListener('input', () => { changed = true; later(8000); });
    form.addEventListener('change', () => { changed = true; later(1500); });
    form.addEventListener('submit', () => { stopped = true; clearTimeout(timer); });
    addEventListener('pageshow', () => { stopped = false; });
    addEventListener('beforeunload', (event) => { if (changed && !stopped) event.preventDefault(); });
  });
})();
