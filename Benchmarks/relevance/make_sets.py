#!/usr/bin/env python3
"""Makes relevance sets from what Debian has installed: manual pages, package descriptions, Perl diagnostics.

usage: make_sets.py OUTPUT_FOLDER
Each set is a folder of docs.tsv (id, text), queries.tsv (id, text) and qrels.tsv (query, document, gain).
A query is a short description that has been cut out of the document it belongs to.
"""
import gzip, os, random, re, subprocess, sys, unicodedata

def one_line(text): return re.sub(r'\s+', ' ', text).strip()

def write(folder, docs, queries, qrels):
    os.makedirs(folder, exist_ok=True)
    with open(f'{folder}/docs.tsv', 'w') as out:
        for key, text in docs.items(): out.write(f'{key}\t{one_line(text)}\n')
    with open(f'{folder}/queries.tsv', 'w') as out:
        for key, text in queries.items(): out.write(f'{key}\t{one_line(text)}\n')
    with open(f'{folder}/qrels.tsv', 'w') as out:
        for query, hits in qrels.items():
            for key, gain in hits.items(): out.write(f'{query}\t{key}\t{gain}\n')
    print(os.path.basename(folder), len(docs), 'documents', len(queries), 'queries')

def plain(roff):
    """The words of a man or mdoc page without its markup: cruder than man(1), a hundred times as fast."""
    lines = []
    for line in roff.split('\n'):
        if line.startswith(('.\\"', "'\\\"", '.TH', '.Dd', '.Dt', '.Os', '.de', '.ds', '.if', '.ie', '.el', '.nr', '.so')): continue
        if line[:3] in ('.SH', '.Sh'):
            lines.append('\x01' + line[3:].strip().strip('"'))
            continue
        if line[:1] in ".'": line = re.sub(r'^[.\']\s*\w+\s*', '', line)
        lines.append(line)
    text = '\n'.join(lines)
    marks = {"'": '\u0301', '`': '\u0300', '^': '\u0302', ':': '\u0308', '~': '\u0303', ',': '\u0327'}
    text = re.sub(r"\\(?:\[(['`^:~,])(\w)\]|\((['`^:~,])(\w))", lambda m: unicodedata.normalize(
        'NFC', (m[2] or m[4]) + marks[m[1] or m[3]]), text)
    text = re.sub(r'\\(\[ss\]|\(ss)', 'ß', text)
    text = re.sub(r'\\f(\[\w*\]|\(..|.)|\\s[-+]?\d+|\\[&|^/,:%]|\\m\[\w*\]', '', text)
    text = re.sub(r'\\-|\\\(hy', '-', text)
    text = re.sub(r'\\\*?(\[[^\]]*\]|\(..)|\\.', ' ', text)
    return text.replace('"', ' ')

def page(path):
    raw = gzip.open(path) if path.endswith('.gz') else open(path, 'rb')
    with raw: text = plain(raw.read().decode('utf-8', 'replace'))
    sections = [s.split('\n', 1) for s in text.split('\x01')[1:] if '\n' in s]
    if len(sections) < 2: return None
    name = one_line(sections[0][1])
    if not re.search(r' [-–]+ ', name): return None
    names, description = re.split(r' [-–]+ ', name, maxsplit=1)
    body, links = [], []
    for title, content in sections[1:]:
        if re.match(r'SEE ALSO|SIEHE AUCH|VOIR AUSSI', title): links = re.findall(r'([\w.+-]+)\s*\((\d)', content)
        elif not re.match(r'SYNOPSIS|ÜBERSICHT', title): body.append(content)
    return names.split(',')[0].strip(), description, ' '.join(body), [a for a, _ in links]

def manual(folder, sources, keep_links):
    paths = []
    for source in sources:
        if os.path.isdir(source): paths += [os.path.join(source, f) for f in sorted(os.listdir(source))]
    paths = [p for p in paths if not os.path.islink(p) and not os.path.basename(p).startswith('gcloud_')]
    docs, queries, links, seen = {}, {}, {}, set()
    for path in paths:
        found = page(path)
        if not found: continue
        name, description, body, see = found
        text = one_line(body)[:2500]
        # Pages of one text under several names, and tools whose description is a bare word, make no fair query.
        if len(text) < 200 or len(description) < 12 or text[:300] in seen: continue
        seen.add(text[:300])
        key = os.path.basename(path).removesuffix('.gz')
        docs[key], queries['q-' + key], links[key] = text, description, see
    by_name = {key.split('.')[0]: key for key in docs}
    qrels = {}
    for key in docs:
        hits = {by_name[n]: 1 for n in links[key] if n in by_name} if keep_links else {}
        hits[key] = 2
        qrels['q-' + key] = hits
    write(folder, docs, queries, qrels)

def packages(folder):
    raw = subprocess.run(['dpkg-query', '-W', '-f', '${Package}\x01${Description}\x02'], capture_output=True).stdout.decode()
    docs, queries, qrels, seen = {}, {}, {}, set()
    for entry in raw.split('\x02'):
        if '\x01' not in entry: continue
        name, description = entry.strip().split('\x01', 1)
        short, _, long = description.partition('\n')
        text = one_line(long.replace('\n .\n', '\n'))
        if len(text) < 120 or text in seen or short in seen: continue
        seen |= {text, short}
        docs[name], queries['q-' + name], qrels['q-' + name] = text[:2500], short, {name: 1}
    write(folder, docs, queries, qrels)

def diagnostics(folder):
    path = next((f'/usr/share/perl/{v}/pod/perldiag.pod' for v in sorted(os.listdir('/usr/share/perl')) if os.path.exists(
        f'/usr/share/perl/{v}/pod/perldiag.pod')), None)
    if path is None: return
    docs, queries, qrels = {}, {}, {}
    for index, item in enumerate(re.split(r'\n=item ', open(path, encoding='utf-8', errors='replace').read())[1:]):
        head, _, body = item.partition('\n')
        clean = lambda t: re.sub(r'[A-Z]<+\s*(.*?)\s*>+', r'\1', t)
        body = re.split(r'\n=(?:back|cut)', body)[0]
        body = re.sub(r'^\([A-Z][^)]*\)\s*', '', clean(body).strip())
        query = re.sub(r'%[a-z]|[^\w ]', ' ', clean(head))
        if len(body) < 150 or len(query.split()) < 3: continue
        key = f'd{index}'
        docs[key], queries['q' + key], qrels['q' + key] = body[:2500], query, {key: 1}
    write(folder, docs, queries, qrels)

def subsets(source, target, size, count):
    """`count` random small corpora of `size` documents out of a large set, each with all its queries."""
    read = lambda name: [line.rstrip('\n').split('\t') for line in open(f'{source}/{name}.tsv')]
    docs, queries, qrels = dict(read('docs')), dict(read('queries')), read('qrels')
    for number in range(count):
        random.seed(f'{size} {number}')
        chosen = set(random.sample(sorted(docs), size))
        hits = {}
        for query, key, gain in qrels:
            if key in chosen and query.removeprefix('q-') in chosen: hits.setdefault(query, {})[key] = gain
        write(f'{target}-{size}-{number}', {k: docs[k] for k in sorted(chosen)}, {q: queries[q] for q in hits}, hits)

root = sys.argv[1]
manual(f'{root}/manual', ['/usr/share/man/man1', '/usr/share/man/man8', '/usr/share/man/man5'], True)
manual(f'{root}/functions', ['/usr/share/man/man3', '/usr/share/man/man2'], False)
manual(f'{root}/german', ['/usr/share/man/de/man1', '/usr/share/man/de/man8', '/usr/share/man/de/man5'], False)
manual(f'{root}/french', ['/usr/share/man/fr/man1', '/usr/share/man/fr/man8', '/usr/share/man/fr/man5'], False)
packages(f'{root}/packages')
diagnostics(f'{root}/diagnostics')
for size in (9, 20, 50):
    subsets(f'{root}/packages', f'{root}/small-packages', size, 5)
    subsets(f'{root}/manual', f'{root}/small-manual', size, 5)
