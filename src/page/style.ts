import { Html } from './html.js';

/** The page's whole style: no font, image or script is loaded from anywhere. */
export const STYLE = new Html(`
:root{color-scheme:light dark;--bg:#f4f6f8;--card:#fff;--ink:#17212b;--soft:#5b6875;--line:#e0e5ea;--accent:#0b7285;
--accent-soft:#d5eef1;--bar:#2397aa;--warn:#8a5300;--warn-soft:#fff0d6;--bad:#a3211f;--bad-soft:#fde4e2;--good:#176b3a;
--truth:#0fb8a0;--guess:#e8551f}
@media(prefers-color-scheme:dark){:root{--bg:#0f151b;--card:#18212a;--ink:#e7edf2;--soft:#9aa8b5;--line:#2a3743;
--accent:#5fd0e0;--accent-soft:#12363d;--bar:#3aa6b8;--warn:#ffc46b;--warn-soft:#3a2a10;--bad:#ff9d97;--bad-soft:#43191a;
--good:#6fd698;--truth:#2ef0d2;--guess:#ff7a45}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;
-webkit-text-size-adjust:100%}
main{max-width:66rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}
header p{margin:0}
h1{font-size:clamp(1.6rem,5vw,2.3rem);line-height:1.2;margin:.15em 0 .35em;letter-spacing:-.02em}
h2{font-size:1.2rem;margin:0 0 .9rem;letter-spacing:-.01em}
h3{font-size:.95rem;margin:1.75rem 0 .7rem;color:var(--soft);font-weight:600}
.eyebrow{color:var(--accent);font-weight:650;font-size:.9rem}
.lead{color:var(--soft);max-width:44rem}
code,.path{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.9em;overflow-wrap:anywhere}
section{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:1.4rem;margin-top:1.25rem}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(8rem,1fr));gap:.75rem;margin:0}
.tiles div{border:1px solid var(--line);border-radius:10px;padding:.7rem .9rem}
.tiles dt{color:var(--soft);font-size:.85rem}
.tiles dd{margin:0;font-size:1.65rem;font-weight:650;font-variant-numeric:tabular-nums;letter-spacing:-.02em;line-height:1.25}
.tiles small{display:block;color:var(--soft);font-size:.8rem;font-weight:400;letter-spacing:0;overflow-wrap:anywhere}
.tiles .main{background:var(--accent-soft);border-color:transparent}.tiles .main dd{color:var(--accent)}
.facts{display:grid;grid-template-columns:max-content 1fr;gap:.3rem 1.25rem;margin:1.25rem 0 0}
.facts dt{color:var(--soft)}.facts dd{margin:0;overflow-wrap:anywhere}
.scroll{overflow-x:auto;margin:0 -1.4rem;padding:0 1.4rem}
table{width:100%;border-collapse:collapse;font-size:.93rem}
th{text-align:left;color:var(--soft);font-weight:600;font-size:.82rem;padding:.4rem .75rem .4rem 0;border-bottom:1px solid var(--line)}
td{padding:.55rem .75rem .55rem 0;border-bottom:1px solid var(--line);vertical-align:top}
tr:last-child td{border-bottom:0}
.number{font-variant-numeric:tabular-nums;white-space:nowrap}
td .fix{display:block;color:var(--soft)}
.chip{display:inline-block;border-radius:99px;padding:.05rem .6rem;font-size:.8rem;font-weight:650;white-space:nowrap}
.chip.warn{background:var(--warn-soft);color:var(--warn)}.chip.block{background:var(--bad-soft);color:var(--bad)}
.meter{display:inline-block;width:min(11rem,24vw);height:.5rem;border-radius:99px;background:var(--line);vertical-align:middle;
margin-right:.7rem;overflow:hidden}
.meter i{display:block;height:100%;background:var(--bar);border-radius:99px}
.chart{display:block;width:100%;height:auto;overflow:visible}
.chart rect{fill:var(--bar)}.chart text{fill:var(--soft);font-size:12px}.chart .axis{stroke:var(--line)}
.chart .median{stroke:var(--ink);stroke-dasharray:4 4}.chart .named{fill:var(--ink);font-weight:600}
.chart .count{fill:var(--ink)}
.legend{display:flex;flex-wrap:wrap;gap:.3rem 1.5rem;margin:0 0 .9rem;padding:0;list-style:none;font-size:.9rem;color:var(--soft)}
.legend i{display:inline-block;width:1.8rem;border-top:3px solid var(--truth);vertical-align:middle;margin-right:.5rem}
.legend .guess i{border-top:3px dashed var(--guess)}
.gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(14rem,100%),1fr));gap:1rem}
figure{margin:0;border:1px solid var(--line);border-radius:10px;overflow:hidden}
figure img{display:block;width:100%;aspect-ratio:1;object-fit:contain;background:#0b0f13}
figcaption{padding:.55rem .7rem;font-size:.84rem;display:flex;justify-content:space-between;gap:.75rem}
figcaption b{font-variant-numeric:tabular-nums;white-space:nowrap}
.calm{color:var(--good);font-weight:600;margin:0}.note{color:var(--soft);margin:0}
footer{color:var(--soft);font-size:.85rem;margin-top:1.5rem}
@media(max-width:34rem){main{padding:1.5rem .9rem 3rem}section{padding:1.1rem}.scroll{margin:0 -1.1rem;padding:0 1.1rem}
.facts{grid-template-columns:1fr;gap:0}.facts dd{margin-bottom:.6rem}.tiles{grid-template-columns:1fr 1fr}
.problems thead{display:none}.problems tr,.problems td{display:block;border:0;padding:0}
.problems tr{padding:.7rem 0;border-bottom:1px solid var(--line)}.problems tr:last-child{border:0}.meter{width:18vw}.chart text{font-size:19px}}
@media print{body{background:#fff}section{break-inside:avoid-page}}
`);
