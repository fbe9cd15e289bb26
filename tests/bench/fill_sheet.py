"""Fills in a sheet as an office would, for ./bench: fill_sheet.py IN.xlsx OUT.xlsx. Every row decided on, one in three changed, one in thirty ended.
Prints the number of rows. Needs python3-openpyxl."""
import sys
import openpyxl

book = openpyxl.load_workbook(sys.argv[1])
sheet = book["様式"]
head = {cell.value: cell.column for cell in sheet[1]}
rows = 0
for r in range(2, sheet.max_row + 1):
    if not sheet.cell(r, head["事業名"]).value:
        continue
    rows += 1
    ended, changed = r % 30 == 0, r % 3 == 1
    sheet.cell(r, head["続けるか"]).value = "終了" if ended else "変更あり" if changed else "変更なし"
    if ended:
        sheet.cell(r, head["終わる理由"]).value = "目的を果たした"
    elif changed:
        sheet.cell(r, head["予算額(千円)"]).value = r
        sheet.cell(r, head["場所"]).value = f"例示市 {r}番地"
book.save(sys.argv[2])
print(rows)
