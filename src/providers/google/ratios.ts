type Ratios = Readonly<Record<string, string>>;

/** What each ratio is in pixels on 2.5 (contract 3.4). */
export const ratios25: Ratios = {
  '1:1': '1024x1024',
  '2:3': '832x1248',
  '3:2': '1248x832',
  '3:4': '864x1184',
  '4:3': '1184x864',
  '4:5': '896x1152',
  '5:4': '1152x896',
  '9:16': '768x1344',
  '16:9': '1344x768',
  '21:9': '1536x672',
};

/** From 3 on, at 1K. */
export const ratios3: Ratios = {
  '1:1': '1024x1024',
  '2:3': '848x1264',
  '3:2': '1264x848',
  '3:4': '896x1200',
  '4:3': '1200x896',
  '4:5': '928x1152',
  '5:4': '1152x928',
  '9:16': '768x1376',
  '16:9': '1376x768',
  '21:9': '1584x672',
};

/** On top of those, on 3.1 flash and its successor. */
export const extremeRatios: Ratios = {
  '1:4': '512x2048',
  '4:1': '2048x512',
  '1:8': '384x3072',
  '8:1': '3072x384',
};
