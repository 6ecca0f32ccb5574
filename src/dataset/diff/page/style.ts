import { Html } from '../../../page/html.js';

export const DIFF_STYLE = new Html(`
h2 small{color:var(--soft);font-weight:500;font-size:.95rem;margin-left:.3rem;font-variant-numeric:tabular-nums}
.gallery.wide{grid-template-columns:repeat(auto-fill,minmax(min(19rem,100%),1fr));align-items:start}
.sides{display:grid;grid-template-columns:1fr 1fr;gap:1px;background:var(--line);border-top:1px solid var(--line)}
.sides:first-child{border-top:0}
.sides div{background:var(--card)}.sides div:only-child{grid-column:1/-1}
.sides span{display:block;text-align:center;font-size:.78rem;color:var(--soft);padding:.2rem 0 .3rem}
.problem{margin:0;padding:.7rem;font-size:.88rem;color:var(--bad);background:var(--bad-soft)}
figcaption{flex-wrap:wrap}
figcaption .path{flex:1 1 8rem}
.what{color:var(--soft)}
.more{margin-top:1rem}
.names{margin:.8rem 0 0;padding-left:1.1rem}
.names li{margin:.2rem 0}
`);
