import { Html } from '../../page/html.js';

export const PAGE_STYLE = new Html(`
nav{margin-top:1rem;display:flex;flex-wrap:wrap;gap:.3rem 1.25rem}a{color:var(--accent)}
[hidden]{display:none}
.unseen{position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.button{display:inline-block;font:inherit;font-weight:600;border:1px solid transparent;border-radius:10px;padding:.55rem 1.1rem;
background:var(--accent);color:var(--card);cursor:pointer;text-decoration:none;text-align:center}
.button:hover{filter:brightness(1.1)}.button.quiet{background:none;border-color:var(--line);color:var(--ink);display:block}
.touch{display:none}@media(any-pointer:coarse){.touch{display:inline-block}.drop .untouched{display:none}}
:focus-visible,.unseen:focus-visible+label{outline:3px solid var(--bar);outline-offset:2px}
.drop{border:2px dashed var(--line);border-radius:12px;padding:3.2rem 1.25rem;text-align:center}
.drop svg{width:3.4rem;fill:none;stroke:var(--bar);stroke-width:2;stroke-linejoin:round}
.drop p{margin:.2rem 0}.drop .note{font-size:.88rem}.drop .call{font-size:1.25rem;font-weight:650;letter-spacing:-.01em}
.drop .choices{display:flex;flex-wrap:wrap;gap:.6rem;justify-content:center;margin-top:1.1rem}#more:empty{display:none}
.dragging .drop{border-color:var(--bar);background:var(--accent-soft)}
.columns,.columns>div{display:grid;gap:1.1rem;align-content:start}
.has-photo .drop{padding:.9rem;display:flex;flex-wrap:wrap;gap:.4rem 1rem;align-items:center;justify-content:center}
.has-photo .drop svg,.has-photo #limits{display:none}.has-photo .drop .call{font-size:1rem}.has-photo .drop .choices{margin:0}
#view{display:none;border:0;border-radius:12px;background:#0b0f13;position:relative}.has-photo #view{display:block}
#layers{position:relative;width:100%;max-height:72vh;aspect-ratio:4/3}
#layers>*{position:absolute;inset:0;width:100%;height:100%;object-fit:contain;aspect-ratio:auto}
#layers canvas{color:#ff6a2b;visibility:hidden}.has-mask #layers canvas{visibility:visible}
#area{opacity:var(--opacity,.45)}.alone #area{opacity:1}.alone #picture,.no-picture #picture,.alone #outline{visibility:hidden}
#view figcaption{display:none;color:#cfd8e0}.has-mask .no-picture figcaption{display:block!important}
.has-photo:not(.has-mask) #view.no-picture{display:none}
#view[aria-busy=true]::after{content:"";position:absolute;inset:auto 0 0;height:4px;
background:linear-gradient(90deg,transparent,#5fd0e0,transparent) 0 0/40% 100% no-repeat;animation:busy 1.1s linear infinite}
@keyframes busy{from{background-position:-70% 0}to{background-position:170% 0}}
@media(prefers-reduced-motion:reduce){#view[aria-busy=true]::after{animation:none;background:#5fd0e0}}
.result{display:none}.has-mask .result{display:grid;gap:1.1rem}.result .tiles{grid-template-columns:1fr 1fr}
.tiles dd span{overflow-wrap:anywhere}.tiles dd #model{display:block;font-size:1.15rem;line-height:2.06rem}
#status{margin:0;color:var(--soft)}#status:empty{display:none}
.has-mask #status{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
#problem{background:var(--bad-soft);color:var(--bad);border-radius:10px;padding:.9rem 1.1rem}#problem p{margin:0 0 .5rem}
#problem p:empty,#problem p:has(span:empty){display:none}#problem #next{color:var(--ink)}
.control{margin:0;display:flex;flex-wrap:wrap;justify-content:space-between;gap:.35rem .75rem;align-items:baseline}
.control:has(select){justify-content:start}.control label,legend{font-size:.88rem;color:var(--soft);font-weight:600}.control output{font-variant-numeric:tabular-nums}
input[type=range]{width:100%;margin:0;accent-color:var(--accent);height:1.6rem}
select{font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:10px;padding:.5rem .7rem;width:100%;max-width:24rem}
fieldset{border:0;margin:0;padding:0;display:flex}legend{padding:0 0 .35rem}
fieldset label{flex:1;text-align:center;padding:.5rem .6rem;border:1px solid var(--line);cursor:pointer;font-size:.93rem}
fieldset label:first-of-type{border-radius:10px 0 0 10px}fieldset label:last-of-type{border-radius:0 10px 10px 0;border-left:0}
fieldset :checked+label{background:var(--accent-soft);color:var(--accent);font-weight:650}
@media(min-width:52rem){.has-photo .columns{grid-template-columns:minmax(0,1fr) 19rem}}
@media(max-width:34rem){.drop{padding:2.2rem .75rem}.has-photo .drop .call{display:none}#layers{max-height:60vh}
.drop .choices{width:100%;gap:.5rem}.choices .button{flex:1;padding:.6rem .5rem;white-space:nowrap}}
`);
