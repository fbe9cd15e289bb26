/* What a preset may call otherwise: the codes of presets/NAME/wording.csv. A template's text that holds one of them goes through tr() in Japanese too.
 * The template compiler and a test read this list. */
#define WORDING "部局", "推進員", "取組みの種別"
