/* The invented prefecture with the words of saga: 本部 › 課 › 現地機関, forms, domains. Names contain 例. */
#include "area/demo/demo_data.h"

static const struct demo_municipality municipalities[] = {
    {"994111", "例坂市"}, {"994120", "例津市"}, {"994138", "例鳥市"}, {"994146", "例島市"}, {"994154", "例町"}, {"994162", "例石町"}, {NULL, NULL},
};

static const struct demo_department departments[] = {
    {"統括本部", "department", "政策監課|情報課|危機管理課", NULL},
    {"くらし環境本部", "department", "県民協働課|くらしの安全課|男女共同参画課|環境課|循環課|文化課", NULL},
    {"健康福祉本部", "department", "地域福祉課|長寿社会課|母子保健課|こども課|障害福祉課", NULL},
    {"農林水産商工本部", "department", "生産者支援課|農村課|林業課|水産課|商工課|観光課", NULL},
    {"県土づくり本部", "department", "道路課|河川砂防課|まちづくり推進課|港湾課", NULL},
    {"経営支援本部", "department", "職員課|財務課|市町村課", NULL},
    {"教育庁", "department", "教育政策課|社会教育課|体育保健課", NULL},
    /* 現地機関 stand below a 課. */
    {"例北土木事務所", "regional", NULL, "県土づくり本部/道路課"},
    {"例南土木事務所", "regional", NULL, "県土づくり本部/道路課"},
    {"例津港湾事務所", "regional", NULL, "県土づくり本部/港湾課"},
    {"例中央保健福祉事務所", "regional", NULL, "健康福祉本部/地域福祉課"},
    {"例西農林事務所", "regional", NULL, "農林水産商工本部/農村課"},
    {NULL, NULL, NULL, NULL},
};

static const struct demo_organization organizations[] = {
    {"higata", "NPO法人例干潟を歩く会", "れいひがたをあるくかい", "npo", "例島市", "7 13", "干潟の生き物調べをしています。", "学校といっしょに調べたい。", "案内できる会員が9人います。"},
    {"tanada", "NPO法人例棚田くらぶ", "れいたなだくらぶ", "npo", "例町", "5 7", "棚田の手入れをしています。", "会社の人に来てほしい。", "道具を貸せます。"},
    {"kosodate", "NPO法人例子育ての輪", "れいこそだてのわ", "npo", "例坂市", "1 13", "親子の集まりを開いています。", "夜の相談を始めたい。", "保育士がいます。"},
    {"takuro", "NPO法人例宅老の家", "れいたくろうのいえ", "npo", "例鳥市", "1", "高齢者の居場所を開いています。", NULL, "送迎の車があります。"},
    {"nanbyo", "例難病とくらす会", "れいなんびょうとくらすかい", "civic", "例坂市", "1", "本人と家族の相談にのっています。", "働く場の話を会社としたい。", NULL},
    {"kotoba", "例やさしい日本語の会", "れいやさしいにほんごのかい", "volunteer", "例坂市", "10 11", "日本語の教室を開いています。", NULL, "講師が12人います。"},
    {"kodomo", "例おはなし玉手箱", "れいおはなしたまてばこ", "volunteer", "例津市", "2 13", "読み聞かせをしています。", NULL, NULL},
    {"machinami", "例津まちなみ会", "れいつまちなみかい", "civic", "例津市", "3 6", "古い町なみの案内をしています。", "空き家を使いたい。", NULL},
    {"himawari1", "例ひまわり会", "れいひまわりかい", "volunteer", "例坂市", "1", "高齢者の話し相手をしています。", NULL, NULL},
    {"himawari2", "例ひまわり会", "れいひまわりかい", "volunteer", "例島市", "13", "小学生の学習を手伝っています。", NULL, NULL},
    {"jichi", "例坂東自治会", "れいさかひがしじちかい", "neighbourhood", "例坂市", "3 9", "見守りと清掃をしています。", NULL, NULL},
    {"pta", "例坂小学校PTA", "れいさかしょうがっこうぴーてぃーえー", "pta", "例坂市", "13", "保護者と先生の会です。", NULL, NULL},
    {"fujin", "例島婦人会", "れいしまふじんかい", "women", "例島市", "3 12", "食の伝承をしています。", NULL, NULL},
    {"rojin", "例石老人クラブ", "れいいしろうじんくらぶ", "seniors", "例石町", "1", "体操と見守りをしています。", NULL, NULL},
    {"toki", "株式会社例焼", "れいやき", "company", "例石町", "", "焼き物をつくっています。", NULL, "工房を見せられます。"},
    {"daigaku", "例坂大学", "れいさかだいがく", "school", "例坂市", "", "地域の課題を学ぶ授業があります。", NULL, "学生が手伝えます。"},
    {"fes", "例坂気球まつり実行委員会", "れいさかききゅうまつりじっこういいんかい", "joint_body", "例坂市", "", "県、市、会社、団体でつくっています。", NULL, NULL},
    {"shi", "例坂市", "れいさかし", "municipality", "例坂市", "", "例坂県の県庁所在地です。", NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL},
};

static const struct demo_project projects[] = {
    {"県土づくり本部/例北土木事務所", "road", "kyodo", "cooperation", "cooperation", "例北ふるさとの道 協働清掃", "沿道の自治会と県が協定書を取り交わし、県道の清掃を分担します。", "jichi|rojin", 2600, -7, 0, 0, "call", "例北管内の県道", "例坂市", 48, 6, NULL, "joint", "local"},
    {"県土づくり本部/例南土木事務所", "river", "kyodo", "cooperation", "cooperation", "例南 川の守り手協力事業", "川の草刈りを、自治会が主体となり県が用具で協力します。", "jichi|fujin", 1900, -5, 0, 0, "proposal", "例南の川", "例島市", 640, 50, NULL, "cso_led", "local"},
    {"県土づくり本部/道路課", "flower", "kyodo", "patronage", "patronage", "例 花いっぱい街道コンテスト", "団体が開くコンテストに、県が後援の名義を出します。", "rojin|toki", 0, -4, 0, 0, "proposal", "県内の街道", "例石町", 32, 5, NULL, "cso_led", "many_people"},
    {"県土づくり本部/まちづくり推進課", "tour", "kyodo", "cohost", "cohost", "例津まちなみ歩き", "まちなみの会と県が、歩く催しを企画から開きます。", "machinami|daigaku", 1200, -3, 0, 0, "proposal", "例津の町なみ", "例津市", 460, 120, NULL, "joint", "own_cause"},
    {"県土づくり本部/河川砂防課", "disaster", "kyodo", "cohost", "cohost", "例 水害に備える防災教室", "自治会と県が、校区で防災の教室を開きます。", "jichi|pta", 900, -2, 0, 0, "call", "県内6校区", "例坂市", 700, 140, NULL, "joint", "local"},
    {"くらし環境本部/県民協働課", "learn", "kyodo", "commission", "commission", "例 協働コーディネーター養成の協働委託", "養成の内容を、CSOと県が企画段階から話し合って任せます。", "machinami|daigaku", 3800, -5, 0, 0, "call", "例坂県庁", "例坂市", 18, 7, NULL, "gov_led", "expertise"},
    {"くらし環境本部/県民協働課", "learn", "kyodo", "subsidy", "subsidy", "例 CSOの新しい試み補助", "公益性の高い新しい試みに、2年間だけ補助をします。", "nanbyo|kotoba|tanada", 9000, -3, 0, 0, "call", "県内全域", "例坂市", 15, 5, NULL, "cso_led", "pioneering"},
    {"くらし環境本部/くらしの安全課", "safety", "kyodo", "cooperation", "cooperation", "例 地域防犯パトロールの協力", "自治会とPTAの見回りに、県が情報と用具で協力します。", "jichi|pta|rojin", 2100, -8, 0, 0, "continued", "県内全域", "例坂市", 3900, 200, NULL, "joint", "local"},
    {"くらし環境本部/男女共同参画課", "work", "kyodo", "cohost", "cohost", "例 ともにつくる男女共同参画フォーラム", "婦人会と県が、フォーラムを企画から開きます。", "fujin", 1100, -6, 0, 0, "continued", "例坂県民会館", "例坂市", 26, 2, NULL, "joint", "many_people"},
    {"くらし環境本部/環境課", "coast", "kyodo", "cooperation", "cooperation", "例 干潟の生き物しらべ", "干潟の会と学校、県が、同じ用紙で生き物を数えます。", "higata|daigaku", 1700, -4, 0, 0, "proposal", "例島の干潟", "例島市", 7, 1, NULL, "joint", "expertise"},
    {"くらし環境本部/循環課", "recycle", "kyodo", "cooperation", "cooperation", "例 もったいない食品の輪", "店と団体が食品を集め、県は広報で協力します。", "fujin|kosodate", -1, -2, 0, 0, "proposal", "県内の店", "例坂市", 12, 5, NULL, "cso_led", "many_people"},
    {"くらし環境本部/文化課", "culture", "kyodo", "cohost", "cohost", "例坂気球まつりへの参加", "実行委員会と県が共に主体となって、まつりを開きます。", "fes|shi", 8000, -12, 0, 0, "continued", "例坂の河川敷", "例坂市", 42000, 1800, NULL, "joint", "many_people"},
    {"健康福祉本部/地域福祉課", "elder", "kyodo", "subsidy", "subsidy", "例 宅老所を始める団体への補助", "宅老所を始める団体に、3年間だけ補助をします。", "takuro", 6600, -3, 0, 0, "call", "県内全域", "例鳥市", 9, 3, NULL, "cso_led", "pioneering"},
    {"健康福祉本部/例中央保健福祉事務所", "elder", "kyodo", "cooperation", "cooperation", "例中央 声かけ見守りの協力", "老人クラブと会社が、見守りを分担します。", "rojin|himawari1|toki", 400, -4, 0, 0, "proposal", "例中央の管内", "例坂市", 1500, 180, NULL, "joint", "fine_grained"},
    {"健康福祉本部/長寿社会課", "elder", "kyodo", "commission", "commission", "例 認知症を学ぶ教室の協働委託", "教室の内容を、経験のある団体と話し合って任せます。", "takuro|himawari1", 2900, -2, 0, 0, "call", "県内の公民館", "例鳥市", 380, 90, NULL, "gov_led", "expertise"},
    {"健康福祉本部/こども課", "child", "kyodo", "commission", "commission", "例 出張親子ひろば", "ひろばの開き方を、団体と県が企画段階から話し合います。", "kosodate|pta", 4300, -5, 0, 0, "call", "県内の公共施設", "例坂市", 820, 110, NULL, "gov_led", "fine_grained"},
    {"健康福祉本部/障害福祉課", "able", "kyodo", "cohost", "cohost", "例 だれでもアート展", "作品展を、団体と県が共に開きます。", "nanbyo|daigaku", 1600, -4, 0, 0, "continued", "例坂県立美術館", "例坂市", 1100, 80, NULL, "joint", "many_people"},
    {"健康福祉本部/障害福祉課", "able", "kyodo", "commission", "commission", "例 難病相談の窓口", "相談の窓口を、本人と家族の会に任せます。", "nanbyo", 5200, -3, 0, 0, "proposal", "例坂市", "例坂市", 290, 40, NULL, "gov_led", "expertise"},
    {"農林水産商工本部/例西農林事務所", "farm", "kyodo", "cooperation", "cooperation", "例西 棚田の守り手", "棚田の会と大学、県が、手入れを分担します。", "tanada|daigaku", 1300, -6, 0, 0, "proposal", "例町の棚田", "例町", 210, 30, NULL, "joint", "local"},
    {"農林水産商工本部/林業課", "forest", "kyodo", "cooperation", "cooperation", "例 竹林を生かす会への協力", "竹林の手入れをする会に、県が技術で協力します。", "tanada|jichi", 700, -3, 0, 1, "proposal", "例町の竹林", "例町", 11, 2, NULL, "cso_led", "own_cause"},
    {"農林水産商工本部/商工課", "startup", "kyodo", "patronage", "patronage", "例 商店街の手づくり市", "商店街の市に、県が後援の名義を出します。", "toki|machinami", 0, -2, 0, 0, "proposal", "例津の商店街", "例津市", 6, 2, NULL, "cso_led", "own_cause"},
    {"農林水産商工本部/観光課", "tour", "kyodo", "cooperation", "cooperation", "例 焼き物の里案内", "窯元と団体、県が、案内の役割を分けます。", "toki|machinami", 1500, -5, 0, 0, "call", "例石の里", "例石町", 960, 130, NULL, "joint", "own_cause"},
    {"教育庁/社会教育課", "read", "kyodo", "cohost", "cohost", "例 おはなしの森", "読み聞かせの会と県が、催しを共に開きます。", "kodomo|himawari2", 800, -6, 0, 0, "continued", "県内の図書館", "例津市", 350, 45, NULL, "joint", "many_people"},

    {"統括本部/情報課", "learn", "kyodo", "commission", "commission", "例 スマートフォンよろず教室", "教室の進め方を、学生と県が話し合って任せます。", "daigaku|rojin", 2200, 0, 1, 0, "call", "県内の公民館", "例坂市", 310, 160, NULL, "gov_led", "fine_grained"},
    {"くらし環境本部/県民協働課", "global", "kyodo", "subsidy", "subsidy", "例 やさしい日本語のひろば補助", "日本語の教室を始める団体に補助をします。", "kotoba", 1800, 0, 1, 0, "call", "例坂市", "例坂市", 120, 60, NULL, "cso_led", "fine_grained"},
    {"教育庁/体育保健課", "sport", "kyodo", "patronage", "patronage", "例 親子なわとび大会", "PTAの大会に、県が後援の名義を出します。", "pta", 0, 0, 1, 0, "proposal", "例坂の体育館", "例坂市", 900, 200, NULL, "cso_led", "many_people"},
    {"農林水産商工本部/水産課", "coast", "kyodo", "cooperation", "cooperation", "髙﨑𠮷例の浜 のりの森づくり", "浜の団体と学生が、のりの森を育てます。", "higata|daigaku", 1000, 0, 1, 0, "proposal", "例島の沖", "例島市", 4, 2, NULL, "joint", "expertise"},
    {"健康福祉本部/こども課", "child", "kyodo", "other", "other", "例 こどもの声を聞く会", "子どもの声を、団体と県がいっしょに聞きます。", "kosodate|pta", 300, 1, 2, 0, "proposal", "例坂市", "例坂市", 0, 40, NULL, "gov_led", "other"},
    {"県土づくり本部/港湾課", "coast", "kyodo", "cohost", "cohost", "例津みなとの日", "港の団体と県が、港の日を共に開きます。", "machinami|higata", 600, 1, 2, 0, "proposal", "例津港", "例津市", 0, 300, NULL, "joint", "many_people"},
    {NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, 0, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL},
};

const struct demo_prefecture demo_saga = {
    .preset = "saga", .name = "例坂県", .secretariat = "くらし環境本部 県民協働課(例)", .schemes = {"kyodo"}, .partner_kind = "civic",
    .open = {"例北土木事務所", "職員課", "こども課"},
    .accounts = {"県土づくり本部/例北土木事務所", "経営支援本部/職員課", "健康福祉本部/こども課"},
    .renamed = {"循環課", "資源循環課"},
    .municipality = municipalities, .department = departments, .organization = organizations, .project = projects,
};
