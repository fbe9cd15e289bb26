"""A made-up file in the form of the National Tax Agency's list, 27,835 rows, for ./bench where the real one is not there."""
heads = ("sequenceNumber,corporateNumber,process,correct,updateDate,changeDate,name,nameImageId,kind,prefectureName,cityName,streetNumber,addressImageId,"
         "prefectureCode,cityCode,postCode,addressOutside,addressOutsideImageId,closeDate,closeCause,successorCorporateNumber,changeCause,assignmentDate,latest,"
         "enName,enPrefectureName,enCityName,enAddressOutside,furigana,hihyoji")
print(heads)
for i in range(27835):
    twelve = f"{430005000000 + i:012d}"
    total = sum(int(d) * (1 if k % 2 == 0 else 2) for k, d in enumerate(reversed(twelve)))
    number = str(9 - total % 9) + twelve
    print(f"{i},{number},01,0,2026-01-05,2026-01-05,特定非営利活動法人例の会{i},,399,例示県,例示市,例町{i % 99}番地,,43,100,8600000,,,,,,,2020-01-01,1,,,,,レイノカイ,0")
