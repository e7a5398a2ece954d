extension GraphPage {
    static let style = """
        html,body{margin:0;height:100%}
        body{display:flex;font:14px/1.45 system-ui,'Helvetica Neue',Arial,sans-serif;color:#24272e;background:#fbfaf7}
        aside{flex:0 0 300px;box-sizing:border-box;padding:18px;overflow:auto;border-right:1px solid #e4e0d7;background:#fff}
        main{flex:1;min-width:0}
        h1{font-size:17px;margin:0 0 4px;overflow-wrap:anywhere} h2{font-size:15px;margin:14px 0 2px;overflow-wrap:anywhere}
        .small{color:#6a6f78;font-size:12px;margin:0 0 10px}
        #search{width:100%;box-sizing:border-box;padding:7px 9px;border:1px solid #cfcabd;border-radius:6px;font:inherit}
        ul{list-style:none;margin:6px 0;padding:0} li{padding:2px 0;overflow-wrap:anywhere}
        button{all:unset;cursor:pointer;color:#1f5d85;overflow-wrap:anywhere} button:hover,button:focus-visible{text-decoration:underline}
        #filters label{display:flex;align-items:center;gap:7px;padding:1px 0;cursor:pointer}
        #filters i{width:11px;height:11px;border-radius:50%} #filters b{font-weight:400;color:#8a8e96}
        #filters .dash{border-radius:0;height:0;border-top:2px dashed #b9b6ad}
        #graph{width:100%;height:100%;cursor:grab;display:block;touch-action:none} #graph [data-n]{cursor:pointer}
        #graph.focus [data-n],#graph.focus line,#graph.focus text{opacity:.12}
        #graph.focus .on{opacity:1} #graph .off{display:none} #graph text.on{display:inline}
        """

    /// Puts strangers' text into the page as text only.
    static let script = """
        'use strict';
        const data = JSON.parse(document.getElementById('data').textContent);
        const svg = document.getElementById('graph'), detail = document.getElementById('detail');
        const hits = document.getElementById('hits'), search = document.getElementById('search'), weak = document.getElementById('weak');
        const nodes = [...svg.querySelectorAll('[data-n]')], lines = [...svg.querySelectorAll('[data-l]')];
        const names = [...svg.querySelectorAll('[data-t]')];
        const around = data.nodes.map(() => []);
        data.lines.forEach(([from, , to], i) => { around[from].push(i); around[to].push(i); });
        let chosen = -1;
        function element(tag, text, parent) {
          const made = document.createElement(tag);
          made.textContent = text;
          parent.append(made);
          return made;
        }
        function link(n, parent) { element('button', data.nodes[n].name, parent).onclick = () => choose(n); }
        function mark(n) {
          for (const e of svg.querySelectorAll('.on')) e.classList.remove('on');
          svg.classList.toggle('focus', n >= 0);
          for (const e of names) if (e.classList.contains('hidden')) e.setAttribute('display', 'none');
          if (n < 0) return;
          const near = new Set([n]);
          for (const l of around[n]) {
            if (lines[l].classList.contains('off')) continue;
            lines[l].classList.add('on');
            near.add(data.lines[l][0]); near.add(data.lines[l][2]);
          }
          for (const m of near) {
            nodes[m].classList.add('on'); names[m].classList.add('on');
            if (near.size <= 60 || m === n) names[m].removeAttribute('display');
          }
        }
        function choose(n) {
          chosen = n;
          mark(n);
          detail.textContent = '';
          if (n < 0) return;
          const entity = data.nodes[n];
          element('h2', entity.name, detail);
          element('p', entity.type.replace('_', ' ') + ', named ' + entity.mentions + ' times in ' + entity.documents + ' documents', detail)
            .className = 'small';
          if (entity.aliases.length) element('p', 'Also: ' + entity.aliases.join(' · '), detail);
          const list = element('ul', '', detail);
          for (const l of around[n].slice(0, 200)) {
            const [from, predicate, to, evidence] = data.lines[l];
            const item = element('li', from === n ? predicate.replaceAll('_', ' ') + ' ' : '', list);
            link(from === n ? to : from, item);
            if (from !== n) item.append(' ' + predicate.replaceAll('_', ' '));
            item.append(evidence > 1 ? ' (' + evidence + ')' : '');
          }
        }
        nodes.forEach((e, n) => {
          e.onclick = event => { event.stopPropagation(); choose(n); };
          e.onmouseenter = () => { if (chosen < 0) mark(n); };
          e.onmouseleave = () => { if (chosen < 0) mark(-1); };
        });
        search.oninput = () => {
          hits.textContent = '';
          const wanted = search.value.trim().toLowerCase();
          if (!wanted) return;
          data.nodes.map((e, n) => n).filter(n => [data.nodes[n].name, ...data.nodes[n].aliases].some(t => t.toLowerCase().includes(wanted)))
            .slice(0, 20).forEach(n => link(n, element('li', '', hits)));
        };
        function filter() {
          const shown = new Set([...document.querySelectorAll('[data-type]')].filter(e => e.checked).map(e => e.dataset.type));
          nodes.forEach((e, n) => {
            const off = !shown.has(data.nodes[n].type);
            e.classList.toggle('off', off); names[n].classList.toggle('off', off);
          });
          lines.forEach((e, l) => {
            const [from, predicate, to] = data.lines[l];
            e.classList.toggle('off', !shown.has(data.nodes[from].type) || !shown.has(data.nodes[to].type)
              || (predicate === 'co_occurs' && !weak.checked));
          });
          mark(chosen);
        }
        document.getElementById('filters').onchange = filter;
        let box = svg.getAttribute('viewBox').split(' ').map(Number), drag = null, moved = false;
        const show = () => svg.setAttribute('viewBox', box.join(' '));
        const scale = () => Math.max(box[2] / svg.clientWidth, box[3] / svg.clientHeight);
        svg.onwheel = event => {
          event.preventDefault();
          const factor = Math.exp(event.deltaY * 0.0015), at = svg.getBoundingClientRect();
          const u = (event.clientX - at.left) / at.width, v = (event.clientY - at.top) / at.height;
          box = [box[0] + box[2] * u * (1 - factor), box[1] + box[3] * v * (1 - factor), box[2] * factor, box[3] * factor];
          show();
        };
        svg.onpointerdown = event => { drag = [event.clientX, event.clientY]; moved = false; };
        window.onpointermove = event => {
          if (!drag) return;
          const dx = event.clientX - drag[0], dy = event.clientY - drag[1];
          if (Math.abs(dx) + Math.abs(dy) > 3) moved = true;
          box[0] -= dx * scale(); box[1] -= dy * scale();
          drag = [event.clientX, event.clientY];
          show();
        };
        window.onpointerup = () => { drag = null; };
        svg.onclick = () => { if (!moved) choose(-1); };
        document.onkeydown = event => { if (event.key === 'Escape') choose(-1); };
        """
}
