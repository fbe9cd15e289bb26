/* The invented prefecture with the words of chiba: 部局 › 課, forms, relations. Names contain 例. */
#include "area/demo/demo_data.h"

static const struct demo_municipality municipalities[] = {
    {"991015", "例海市"}, {"991023", "例潮市"}, {"991031", "例台市"}, {"991040", "例田市"}, {"991058", "例浦町"}, {"991066", "例岬町"}, {"991074", "例谷村"}, {NULL, NULL},
};

static const struct demo_department departments[] = {
    {"総務部", "department", "総務課|財政課|市町村課|情報政策課", NULL},
    {"総合企画部", "department", "政策企画課|地域づくり課|交通計画課|国際課", NULL},
    {"防災危機管理部", "department", "防災政策課|消防課", NULL},
    {"健康福祉部", "department", "健康福祉政策課|子育て支援課|児童家庭課|高齢者福祉課|障害者福祉課|健康づくり支援課", NULL},
    {"環境生活部", "department", "環境政策課|水質保全課|自然保護課|循環型社会課|県民生活課|くらし安全課|文化振興課", NULL},
    {"商工労働部", "department", "経済政策課|観光企画課|雇用労働課", NULL},
    {"農林水産部", "department", "農林水産政策課|森林課|漁業資源課|農村振興課", NULL},
    {"県土整備部", "department", "道路環境課|河川環境課|港湾課|公園緑地課|住宅課|下水道課", NULL},
    {"教育庁", "department", "生涯学習課|学習指導課|文化財課|体育課", NULL},
    {NULL, NULL, NULL, NULL},
};

static const struct demo_organization organizations[] = {
    {"umi", "NPO法人例海の浜を守る会", "れいかいのはまをまもるかい", "npo", "例海市", "7 13", "干潟の清掃と生き物調べをしています。", "県といっしょに調べ方の手引きをつくりたい。", "調べ方を教えられる会員が15人います。"},
    {"yato", "NPO法人例谷里山の会", "れいやとさとやまのかい", "npo", "例谷村", "5 7", "谷津田と竹林の手入れをしています。", "会社の人といっしょに手入れをしたい。", "道具と指導者を出せます。"},
    {"oyako", "NPO法人例おやこの木", "れいおやこのき", "npo", "例台市", "1 13", "親子のひろばを開いています。", "公共施設の空いた部屋を使いたい。", "保育士がいます。"},
    {"machi", "NPO法人例まち話しあいの輪", "れいまちはなしあいのわ", "npo", "例田市", "3 19", "話し合いの進め方を教えています。", "市町村の職員とも学びたい。", "進行役を出せます。"},
    {"tomo", "NPO法人例ともの家", "れいとものいえ", "npo", "例潮市", "1", "高齢者の居場所と送迎をしています。", NULL, "車を2台もっています。"},
    {"kotoba", "NPO法人例ことばの橋", "れいことばのはし", "npo", "例海市", "10 11", "日本語教室と通訳をしています。", "防災の案内をつくりたい。", "8つの言語の通訳がいます。"},
    {"sonae", "例そなえの会", "れいそなえのかい", "civic", "例浦町", "8 9", "避難の地図づくりを手伝っています。", NULL, "炊き出しの道具があります。"},
    {"hanamichi", "例花みちの会", "れいはなみちのかい", "volunteer", "例台市", "3 7", "道ばたの花だんを世話しています。", NULL, "苗を育てています。"},
    {"iso", "例岬いそ遊び案内人", "れいみさきいそあそびあんないにん", "civic", "例岬町", "4 7", "磯の案内をしています。", "旅行の会社と組みたい。", NULL},
    {"ehon", "例絵本のとびら", "れいえほんのとびら", "volunteer", "例田市", "2 13", "学校で読み聞かせをしています。", NULL, NULL},
    {"himawari1", "例ひまわり会", "れいひまわりかい", "volunteer", "例海市", "1", "高齢者の話し相手をしています。", NULL, NULL},
    {"himawari2", "例ひまわり会", "れいひまわりかい", "volunteer", "例潮市", "13", "小学生の学習を手伝っています。", NULL, NULL},
    {"jichi", "例台一丁目自治会", "れいだいいっちょうめじちかい", "community", "例台市", "3 9", "見守りと清掃をしています。", NULL, NULL},
    {"denki", "株式会社例電設", "れいでんせつ", "company", "例海市", "", "電気の工事をしています。社員が清掃に参加しています。", NULL, "発電機を出せます。"},
    {"tetsudo", "例海鉄道株式会社", "れいかいてつどう", "company", "例海市", "", "鉄道を走らせています。", "沿線の催しをしたい。", "車内に広告を出せます。"},
    {"daigaku", "例海大学", "れいかいだいがく", "school", "例海市", "", "地域連携室があります。", "学生が学ぶ場をさがしています。", "調査ができます。"},
    {"koko", "例岬高等学校", "れいみさきこうとうがっこう", "school", "例岬町", "", "海の授業をしています。", NULL, NULL},
    {"shakyo", "例潮市福祉の協議会", "れいしおしふくしのきょうぎかい", "welfare_council", "例潮市", "", "ボランティアの窓口があります。", NULL, "会議室を貸せます。"},
    {"matsuri", "例海みなと祭り実行委員会", "れいかいみなとまつりじっこういいんかい", "joint_body", "例海市", "", "県、市、会社、団体でつくっています。", NULL, NULL},
    {"shi", "例海市", "れいかいし", "municipality", "例海市", "", "例海県の県庁所在地です。", NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL},
};

static const struct demo_project projects[] = {
    {"県土整備部/道路環境課", "road", "kyodo", "cooperation", "cooperation", "例みちサポーター活動", "沿道の団体と県が分担して、県道の清掃と花だんの世話をします。", "hanamichi|jichi|denki", 4200, -8, 0, 0, "call", "県が管理する道路", "例台市", 64, 7, "collaboration", NULL, ""},
    {"県土整備部/河川環境課", "river", "kyodo", "cooperation", "cooperation", "例川を調べる会との水質調べ", "川の水質を、団体と学校と県が同じ方法で調べます。", "umi|koko", 1800, -5, 0, 0, "proposal", "例海川", "例海市", 320, 40, "collaboration", NULL, ""},
    {"県土整備部/港湾課", "coast", "kyodo", "committee", "committee cohost", "例海みなと祭りと浜の清掃", "祭りの実行委員会に県も入り、浜の清掃をいっしょに行います。", "matsuri|umi", 3600, -9, 0, 0, "continued", "例海港", "例海市", 8, 1, "collaboration", NULL, ""},
    {"県土整備部/公園緑地課", "tour", "kyodo", "commission", "commission", "例県民の森 自然案内の協働委託", "団体の目的も生かした仕様書をいっしょにつくり、自然案内を任せます。", "yato", 5400, -3, 0, 0, "call", "例県民の森", "例谷村", 1200, 150, "collaboration", NULL, ""},
    {"県土整備部/公園緑地課", "flower", "kyodo", "commission", "commission", "例臨海公園 清掃業務", "決められた仕様で公園の清掃を行います。", "=株式会社例クリーン", 9000, -6, 0, 0, "nomination", "例臨海公園", "例海市", 12, 0, "outsourcing", NULL, ""},
    {"県土整備部/住宅課", "elder", "kyodo", "cohost", "cohost", "例県営住宅ふれあい食堂", "集会所で、団体と県が月に2回の食堂を開きます。", "tomo|jichi", 600, -2, 0, 0, "proposal", "県営例台住宅", "例台市", 480, 60, "collaboration", NULL, ""},
    {"健康福祉部/子育て支援課", "child", "kyodo", "subsidy", "subsidy", "例親子のひろば立ち上げ補助", "ひろばを始める団体に、3年間だけ補助をします。", "oyako", 7200, -4, 0, 0, "call", "県内全域", "例台市", 14, 3, "support", NULL, ""},
    {"健康福祉部/児童家庭課", "child", "kyodo", "committee", "committee", "例こども応援ネットワーク実行委員会", "食堂を開く団体と会社、県が集まり、食材と場所を分け合います。", "oyako|himawari2", 1500, -3, 0, 0, "proposal", "県内全域", "例潮市", 260, 55, "collaboration", NULL, ""},
    {"健康福祉部/高齢者福祉課", "elder", "kyodo", "cooperation", "cooperation", "例見守り協力の輪", "鉄道や電気の会社と団体が、仕事の中で高齢者を見守ります。", "tetsudo|denki|himawari1", 900, -6, 0, 0, "call", "県内全域", "例海市", 3200, 410, "collaboration", NULL, ""},
    {"健康福祉部/高齢者福祉課", "elder", "kyodo", "subsidy", "subsidy", "例移動の足を支える団体への補助", "送迎をする団体に、車の費用の一部を補助します。", "tomo|shakyo", 4800, -2, 0, 0, "call", "例潮市と周辺", "例潮市", 22, 6, "support", NULL, ""},
    {"健康福祉部/障害者福祉課", "able", "kyodo", "cohost", "cohost", "例アートの橋 作品展", "作品展を、団体と県が企画から開きます。", "shakyo|daigaku", 2100, -5, 0, 0, "continued", "例海県文化会館", "例海市", 1400, 90, "collaboration", NULL, ""},
    {"健康福祉部/健康づくり支援課", "sport", "kyodo", "publicity", "publicity", "例あさの体操の広報支援", "体操の会の催しを、県の広報紙で知らせます。", "jichi|himawari1", 0, -3, 0, 0, "proposal", "県内の公園", "例台市", 210, 30, "support", NULL, ""},
    {"環境生活部/循環型社会課", "coast", "kyodo", "cooperation", "cooperation", "例海ごみゼロ協力事業", "浜の団体、会社、県が、海ごみを同じ用紙で数えて減らします。", "umi|denki|daigaku", 2600, -4, 0, 0, "call", "例海の浜", "例海市", 9, 2, "collaboration", NULL, ""},
    {"環境生活部/自然保護課", "forest", "kyodo", "cooperation", "cooperation other", "例谷津田の竹林を守る協働", "所有者と団体、県が協定を結び、竹林の手入れをします。", "yato|koko", 3100, -5, 0, 0, "proposal", "例谷村", "例谷村", 18, 4, "collaboration", NULL, ""},
    {"環境生活部/県民生活課", "learn", "kyodo", "environment", "environment advice", "例市民活動の相談と場づくり", "団体の相談に答え、集まれる場所をととのえます。", "machi", 6600, -10, 0, 0, "continued", "例海県庁", "例海市", 540, 35, "support", NULL, ""},
    {"環境生活部/県民生活課", "learn", "kyodo", "cohost", "cohost", "例 協働を学ぶ職員と団体の合同研修", "県の職員と団体が、同じ机で協働の進め方を学びます。", "machi|daigaku", 1300, -6, 0, 0, "proposal", "例海県庁", "例海市", 72, 14, "collaboration", NULL, ""},
    {"環境生活部/くらし安全課", "safety", "kyodo", "subsidy", "subsidy", "例 見守り隊の用具補助", "見回りをする団体に用具の費用を補助します。", "jichi", 2400, -7, 0, 0, "call", "県内全域", "例台市", 4100, 260, "support", NULL, ""},
    {"環境生活部/文化振興課", "culture", "kyodo", "committee", "committee", "例海うみの歌まつり実行委員会", "団体、市、会社、県が、一つの催しを開きます。", "matsuri|tetsudo|shi", 5200, -12, 0, 0, "continued", "例海市", "例海市", 9800, 600, "collaboration", NULL, ""},
    {"総合企画部/地域づくり課", "tour", "kyodo", "advice", "advice", "例 地域づくり助言者の派遣", "地域づくりの団体に、経験のある人を紹介します。", "iso|machi", 1900, -3, 0, 0, "call", "県内全域", "例岬町", 26, 8, "support", NULL, ""},
    {"総合企画部/国際課", "global", "kyodo", "commission", "commission", "例 外国人住民のことばの教室", "団体の経験を生かし、教室と相談をいっしょに企画して任せます。", "kotoba", 6100, -4, 0, 0, "call", "例海市と例台市", "例海市", 640, 120, "collaboration", NULL, ""},
    {"総合企画部/交通計画課", "tour", "kyodo", "cooperation", "cooperation", "例 みんなで乗る例海の鉄道", "沿線の団体と会社が、駅の花だんと催しを受け持ちます。", "tetsudo|hanamichi|koko", 800, -1, 0, 1, "proposal", "例海線の沿線", "例岬町", 30, 5, "collaboration", NULL, ""},
    {"商工労働部/観光企画課", "tour", "kyodo", "cooperation", "cooperation", "例岬 磯あそび案内の協働", "案内人の会と県が、磯の歩き方の地図をつくります。", "iso|koko", 1600, -2, 0, 0, "proposal", "例岬の磯", "例岬町", 820, 210, "collaboration", NULL, ""},
    {"農林水産部/森林課", "forest", "kyodo", "cooperation", "cooperation", "例 会社の森づくり", "会社の社員と団体が、県有林の手入れをします。", "denki|yato", 2200, -7, 0, 0, "call", "例谷村の県有林", "例谷村", 40, 6, "collaboration", NULL, ""},
    {"防災危機管理部/防災政策課", "disaster", "kyodo", "cohost", "cohost", "例 学校と地域の避難の地図づくり", "学校、団体、県が、校区ごとに避難の地図をつくります。", "sonae|jichi", 2700, -3, 0, 0, "call", "県内8校区", "例浦町", 1800, 300, "collaboration", NULL, ""},
    {"教育庁/生涯学習課", "read", "kyodo", "commission", "commission", "例 子どもと絵本の一日", "読み聞かせの会と内容を話し合い、催しを任せます。", "ehon|himawari2", 1700, -5, 0, 0, "call", "県内の図書館", "例田市", 310, 40, "collaboration", NULL, ""},

    {"教育庁/文化財課", "culture", "kyodo", "cooperation", "cooperation", "例 城あと案内の会との協定", "案内と見回りを、協定を結んだ団体が受け持ちます。", "=例城あと案内人の会", 500, 0, 1, 0, "proposal", "例海城あと", "例海市", 900, 220, "collaboration", NULL, ""},
    {"総務部/情報政策課", "learn", "kyodo", "commission", "commission", "例 スマートフォン相談のひろば", "使い方の教室を、団体の目的に合わせて企画し任せます。", "tomo|himawari1", 3300, 0, 1, 0, "call", "県内の公民館", "例潮市", 430, 180, "collaboration", NULL, ""},
    {"商工労働部/雇用労働課", "work", "kyodo", "publicity", "publicity", "例 働きやすい会社の紹介", "団体が選んだ会社の取組を、県が広く紹介します。", "daigaku", -1, 0, 1, 0, "proposal", "県内全域", "例海市", 60, 20, "support", NULL, ""},
    {"農林水産部/漁業資源課", "coast", "kyodo", "cooperation", "cooperation", "髙﨑𠮷例の浜 藻場を育てる協働", "浜の団体と高校が、藻場の手入れと調査をします。", "koko|umi", 1400, 0, 1, 0, "proposal", "例岬の沖", "例岬町", 5, 2, "collaboration", NULL, ""},
    {"健康福祉部/児童家庭課", "child", "kyodo", "advice", "advice", "例 子どもの居場所を始める人の相談会", "居場所を始める人の相談に、団体と県が答えます。", "oyako", 300, 1, 2, 0, "proposal", "例潮市", "例潮市", 0, 30, "support", NULL, ""},
    {"環境生活部/水質保全課", "river", "kyodo", "cooperation", "cooperation", "例海の例沼 水草の手入れ", "水草の刈り取りを、団体と会社と県で分け合います。", "umi|denki", 1100, 1, 2, 0, "call", "例沼", "例田市", 0, 40, "collaboration", NULL, ""},
    {NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, 0, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL},
};

const struct demo_prefecture demo_chiba = {
    .preset = "chiba", .name = "例海県", .secretariat = "環境生活部 県民生活課(例)", .schemes = {"kyodo"}, .partner_kind = "civic",
    .open = {"道路環境課", "下水道課", "児童家庭課"},
    .accounts = {"県土整備部/道路環境課", "県土整備部/下水道課", "健康福祉部/児童家庭課"},
    .renamed = {"循環型社会課", "資源循環課"},
    .municipality = municipalities, .department = departments, .organization = organizations, .project = projects,
};
