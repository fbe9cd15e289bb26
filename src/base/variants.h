/* Variant characters and the form they are folded to. X-macro: V(variant, form).
 *
 * Both sides are one character, or one name in practice: a search for either finds both, and nothing is folded that only looks alike
 * (崎 and 埼, 徳 and 特) or only sounds alike (島 and 嶼). A form is never itself a variant. What NFKC does already
 * (the compatibility ideographs of U+F900 to U+FAFF) does not stand here. The text that is stored and shown keeps its characters.
 */
#ifndef KYODO_BASE_VARIANTS_H
#define KYODO_BASE_VARIANTS_H

#define VARIANTS(V) \
    /* Old and new forms of one character by the table of characters for general use (常用漢字表, 平成22年内閣告示第2号), which prints the \
     * old form in brackets beside the new one. Whoever types 県 means 縣 too, and the reverse. */ \
    V(U'亞', U'亜') V(U'惡', U'悪') V(U'壓', U'圧') V(U'圍', U'囲') V(U'醫', U'医') V(U'爲', U'為') V(U'壹', U'壱') \
    V(U'隱', U'隠') V(U'營', U'営') V(U'榮', U'栄') V(U'衞', U'衛') V(U'驛', U'駅') V(U'悅', U'悦') V(U'閱', U'閲') \
    V(U'圓', U'円') V(U'鹽', U'塩') V(U'緣', U'縁') V(U'艷', U'艶') V(U'應', U'応') V(U'歐', U'欧') V(U'毆', U'殴') \
    V(U'櫻', U'桜') V(U'奧', U'奥') V(U'橫', U'横') V(U'溫', U'温') V(U'穩', U'穏') V(U'假', U'仮') V(U'價', U'価') \
    V(U'畫', U'画') V(U'會', U'会') V(U'繪', U'絵') V(U'壞', U'壊') V(U'懷', U'懐') V(U'擴', U'拡') V(U'殼', U'殻') \
    V(U'覺', U'覚') V(U'學', U'学') V(U'嶽', U'岳') V(U'樂', U'楽') V(U'渴', U'渇') V(U'罐', U'缶') V(U'卷', U'巻') \
    V(U'陷', U'陥') V(U'勸', U'勧') V(U'寬', U'寛') V(U'關', U'関') V(U'歡', U'歓') V(U'觀', U'観') V(U'氣', U'気') \
    V(U'旣', U'既') V(U'歸', U'帰') V(U'龜', U'亀') V(U'僞', U'偽') V(U'戲', U'戯') V(U'犧', U'犠') V(U'舊', U'旧') \
    V(U'據', U'拠') V(U'擧', U'挙') V(U'虛', U'虚') V(U'峽', U'峡') V(U'狹', U'狭') V(U'鄕', U'郷') V(U'曉', U'暁') \
    V(U'區', U'区') V(U'驅', U'駆') V(U'勳', U'勲') V(U'薰', U'薫') V(U'徑', U'径') V(U'溪', U'渓') V(U'經', U'経') \
    V(U'惠', U'恵') V(U'揭', U'掲') V(U'螢', U'蛍') V(U'輕', U'軽') V(U'繼', U'継') V(U'鷄', U'鶏') V(U'藝', U'芸') \
    V(U'擊', U'撃') V(U'缺', U'欠') V(U'硏', U'研') V(U'縣', U'県') V(U'儉', U'倹') V(U'劍', U'剣') V(U'險', U'険') \
    V(U'圈', U'圏') V(U'檢', U'検') V(U'獻', U'献') V(U'權', U'権') V(U'顯', U'顕') V(U'驗', U'験') V(U'嚴', U'厳') \
    V(U'戶', U'戸') V(U'效', U'効') V(U'恆', U'恒') V(U'廣', U'広') V(U'鑛', U'鉱') V(U'號', U'号') V(U'國', U'国') \
    V(U'黑', U'黒') V(U'碎', U'砕') V(U'濟', U'済') V(U'齋', U'斎') V(U'劑', U'剤') V(U'雜', U'雑') V(U'產', U'産') \
    V(U'參', U'参') V(U'棧', U'桟') V(U'蠶', U'蚕') V(U'慘', U'惨') V(U'贊', U'賛') V(U'殘', U'残') V(U'絲', U'糸') \
    V(U'姬', U'姫') V(U'齒', U'歯') V(U'兒', U'児') V(U'辭', U'辞') V(U'濕', U'湿') V(U'實', U'実') V(U'寫', U'写') \
    V(U'釋', U'釈') V(U'壽', U'寿') V(U'收', U'収') V(U'從', U'従') V(U'澁', U'渋') V(U'獸', U'獣') V(U'縱', U'縦') \
    V(U'肅', U'粛') V(U'處', U'処') V(U'緖', U'緒') V(U'敍', U'叙') V(U'尙', U'尚') V(U'將', U'将') V(U'稱', U'称') \
    V(U'涉', U'渉') V(U'燒', U'焼') V(U'證', U'証') V(U'奬', U'奨') V(U'條', U'条') V(U'狀', U'状') V(U'乘', U'乗') \
    V(U'淨', U'浄') V(U'剩', U'剰') V(U'疊', U'畳') V(U'繩', U'縄') V(U'壤', U'壌') V(U'孃', U'嬢') V(U'讓', U'譲') \
    V(U'釀', U'醸') V(U'觸', U'触') V(U'囑', U'嘱') V(U'眞', U'真') V(U'寢', U'寝') V(U'愼', U'慎') V(U'盡', U'尽') \
    V(U'圖', U'図') V(U'粹', U'粋') V(U'醉', U'酔') V(U'穗', U'穂') V(U'隨', U'随') V(U'髓', U'髄') V(U'樞', U'枢') \
    V(U'數', U'数') V(U'瀨', U'瀬') V(U'聲', U'声') V(U'靜', U'静') V(U'淸', U'清') V(U'靑', U'青') V(U'攝', U'摂') \
    V(U'竊', U'窃') V(U'絕', U'絶') V(U'專', U'専') V(U'淺', U'浅') V(U'戰', U'戦') V(U'踐', U'践') V(U'錢', U'銭') \
    V(U'潛', U'潜') V(U'纖', U'繊') V(U'禪', U'禅') V(U'雙', U'双') V(U'壯', U'壮') V(U'爭', U'争') V(U'莊', U'荘') \
    V(U'搜', U'捜') V(U'插', U'挿') V(U'巢', U'巣') V(U'裝', U'装') V(U'總', U'総') V(U'騷', U'騒') V(U'增', U'増') \
    V(U'藏', U'蔵') V(U'臟', U'臓') V(U'卽', U'即') V(U'屬', U'属') V(U'續', U'続') V(U'墮', U'堕') V(U'對', U'対') \
    V(U'帶', U'帯') V(U'滯', U'滞') V(U'臺', U'台') V(U'瀧', U'滝') V(U'擇', U'択') V(U'澤', U'沢') V(U'擔', U'担') \
    V(U'單', U'単') V(U'膽', U'胆') V(U'團', U'団') V(U'彈', U'弾') V(U'斷', U'断') V(U'癡', U'痴') V(U'遲', U'遅') \
    V(U'晝', U'昼') V(U'蟲', U'虫') V(U'鑄', U'鋳') V(U'廳', U'庁') V(U'徵', U'徴') V(U'聽', U'聴') V(U'敕', U'勅') \
    V(U'鎭', U'鎮') V(U'遞', U'逓') V(U'鐵', U'鉄') V(U'點', U'点') V(U'轉', U'転') V(U'傳', U'伝') V(U'燈', U'灯') \
    V(U'當', U'当') V(U'黨', U'党') V(U'盜', U'盗') V(U'稻', U'稲') V(U'鬪', U'闘') V(U'德', U'徳') V(U'獨', U'独') \
    V(U'讀', U'読') V(U'屆', U'届') V(U'貳', U'弐') V(U'惱', U'悩') V(U'腦', U'脳') V(U'霸', U'覇') V(U'拜', U'拝') \
    V(U'廢', U'廃') V(U'賣', U'売') V(U'麥', U'麦') V(U'發', U'発') V(U'髮', U'髪') V(U'拔', U'抜') V(U'晚', U'晩') \
    V(U'蠻', U'蛮') V(U'祕', U'秘') V(U'濱', U'浜') V(U'甁', U'瓶') V(U'拂', U'払') V(U'佛', U'仏') V(U'倂', U'併') \
    V(U'竝', U'並') V(U'變', U'変') V(U'邊', U'辺') V(U'辨', U'弁') V(U'瓣', U'弁') V(U'辯', U'弁') V(U'步', U'歩') \
    V(U'寶', U'宝') V(U'豐', U'豊') V(U'沒', U'没') V(U'飜', U'翻') V(U'每', U'毎') V(U'萬', U'万') V(U'滿', U'満') \
    V(U'默', U'黙') V(U'彌', U'弥') V(U'譯', U'訳') V(U'藥', U'薬') V(U'與', U'与') V(U'豫', U'予') V(U'餘', U'余') \
    V(U'譽', U'誉') V(U'搖', U'揺') V(U'樣', U'様') V(U'謠', U'謡') V(U'來', U'来') V(U'賴', U'頼') V(U'亂', U'乱') \
    V(U'覽', U'覧') V(U'龍', U'竜') V(U'兩', U'両') V(U'獵', U'猟') V(U'綠', U'緑') V(U'淚', U'涙') V(U'壘', U'塁') \
    V(U'勵', U'励') V(U'禮', U'礼') V(U'隸', U'隷') V(U'靈', U'霊') V(U'齡', U'齢') V(U'曆', U'暦') V(U'歷', U'歴') \
    V(U'戀', U'恋') V(U'爐', U'炉') V(U'勞', U'労') V(U'樓', U'楼') V(U'錄', U'録') V(U'鍊', U'錬') V(U'灣', U'湾') \
    V(U'體', U'体') V(U'敎', U'教') V(U'說', U'説') V(U'稅', U'税') V(U'銳', U'鋭') V(U'內', U'内') V(U'挾', U'挟') \
    V(U'歲', U'歳') V(U'脫', U'脱') V(U'莖', U'茎') V(U'羣', U'群') V(U'澀', U'渋') V(U'溼', U'湿') V(U'卻', U'却') \
    V(U'咒', U'呪') V(U'雞', U'鶏') V(U'襃', U'褒') V(U'吳', U'呉') V(U'娛', U'娯') V(U'黃', U'黄') V(U'戾', U'戻') \
    V(U'顏', U'顔') \
    /* Forms by the list of printing forms (表外漢字字体表, 2000) and of the characters added in 2010, where fonts and keyboards \
     * of different years give different code points for one character. */ \
    V(U'俠', U'侠') V(U'俱', U'倶') V(U'剝', U'剥') V(U'𠮟', U'叱') V(U'吞', U'呑') V(U'啞', U'唖') V(U'噓', U'嘘') \
    V(U'嚙', U'噛') V(U'囊', U'嚢') V(U'塡', U'填') V(U'屛', U'屏') V(U'搔', U'掻') V(U'摑', U'掴') V(U'攪', U'撹') \
    V(U'潑', U'溌') V(U'瀆', U'涜') V(U'焰', U'焔') V(U'瘦', U'痩') V(U'禱', U'祷') V(U'簞', U'箪') V(U'繡', U'繍') \
    V(U'繫', U'繋') V(U'萊', U'莱') V(U'蔣', U'蒋') V(U'蟬', U'蝉') V(U'蠟', U'蝋') V(U'軀', U'躯') V(U'醬', U'醤') \
    V(U'頰', U'頬') V(U'顚', U'顛') V(U'驒', U'騨') V(U'鷗', U'鴎') V(U'鹼', U'鹸') V(U'麴', U'麹') V(U'麵', U'麺') \
    V(U'濤', U'涛') V(U'檮', U'梼') V(U'礪', U'砺') V(U'蠣', U'蛎') V(U'頸', U'頚') V(U'鶯', U'鴬') V(U'諫', U'諌') \
    V(U'籠', U'篭') V(U'藪', U'薮') V(U'籔', U'薮') V(U'壺', U'壷') V(U'竈', U'竃') V(U'靱', U'靭') V(U'讚', U'讃') \
    V(U'欝', U'鬱') V(U'鉤', U'鈎') V(U'蘆', U'芦') V(U'檜', U'桧') V(U'禰', U'祢') \
    /* Forms of names (人名用漢字 and family registers): the same name written by its bearer in one way and by everybody else in \
     * the other. 斉 and 斎 are two characters by origin, but さいとう is looked up by whichever of 斉藤, 斎藤, 齊藤, 齋藤 comes to mind. */ \
    V(U'髙', U'高') V(U'﨑', U'崎') V(U'嵜', U'崎') V(U'𠮷', U'吉') V(U'邉', U'辺') V(U'齊', U'斎') V(U'斉', U'斎') \
    V(U'濵', U'浜') V(U'嶋', U'島') V(U'嶌', U'島') V(U'冨', U'富') V(U'桒', U'桑') V(U'栁', U'柳') V(U'圀', U'国') \
    V(U'寳', U'宝') V(U'鐡', U'鉄') V(U'峯', U'峰') V(U'埜', U'野') V(U'舘', U'館') V(U'穐', U'秋') V(U'凉', U'涼') \
    V(U'廚', U'厨') V(U'廐', U'厩') V(U'廏', U'厩') V(U'巖', U'巌') V(U'昻', U'昂') V(U'晉', U'晋') V(U'槗', U'橋') \
    V(U'𣘺', U'橋') V(U'圡', U'土') V(U'𡈽', U'土') V(U'槇', U'槙') V(U'萠', U'萌') V(U'遙', U'遥') V(U'瑤', U'瑶') \
    V(U'凜', U'凛') V(U'堯', U'尭') V(U'亙', U'亘') V(U'渕', U'淵') V(U'渊', U'淵') V(U'曾', U'曽') V(U'穰', U'穣') \
    V(U'凾', U'函') V(U'舩', U'船') V(U'靏', U'鶴') V(U'靍', U'鶴') V(U'邨', U'村') V(U'啟', U'啓') V(U'﨔', U'欅') \
    V(U'祿', U'禄') V(U'鄰', U'隣') V(U'劒', U'剣') V(U'剱', U'剣') V(U'釼', U'剣') V(U'强', U'強') V(U'兔', U'兎') \
    V(U'鄉', U'郷') V(U'聰', U'聡') V(U'彥', U'彦') V(U'郞', U'郎') V(U'獎', U'奨') V(U'纎', U'繊') V(U'濳', U'潜') \
    V(U'敘', U'叙') V(U'姸', U'妍') V(U'杤', U'栃') V(U'飮', U'飲') V(U'餠', U'餅') V(U'槪', U'概') V(U'攜', U'携') \
    V(U'牀', U'床') \
    /* Radicals that copying out of a PDF leaves in place of the character (CJK Radicals Supplement; the Kangxi radicals are \
     * undone by NFKC, these are not). */ \
    V(U'⺠', U'民') V(U'⻁', U'虎') V(U'⻄', U'西') V(U'⻑', U'長') V(U'⻘', U'青') V(U'⻝', U'食') V(U'⻤', U'鬼') \
    V(U'⻨', U'麦') V(U'⻩', U'黄') V(U'⻫', U'斎') V(U'⻭', U'歯') V(U'⻯', U'竜') V(U'⻲', U'亀') V(U'⻣', U'骨')

#endif
