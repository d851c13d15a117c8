import pytest, json
from django.urls import get_resolver, URLPattern, reverse
from tests.oracle.pair import undone
from tests.web.street import *
def walk(r, ns=()):
    for p in r.url_patterns:
        if isinstance(p, URLPattern):
            yield ns, p
        else:
            yield from walk(p, ns+((p.namespace,) if p.namespace else ()))
@pytest.mark.django_db
def test_gen():
    st=Street()
    out=[]
    seen=set()
    for ns,p in walk(get_resolver()):
        if ns[:1] in (('merchant',),('trusted',),('friends',),('circles',),('me',),('privacy',)) or ns[:1] in (('api',),('admin',)) or p.name is None: continue
        name=':'.join([*ns,p.name])
        if name in seen: continue
        seen.add(name)
        conv=list(p.pattern.converters)
        for method in ('GET','POST'):
            row=[]
            for role in ROLES:
                args={}
                for c in conv:
                    if c=='person_id': args[c]=st.person_for(role)
                    elif c=='kind': args[c]='review'
                    elif c=='deed': args[c]='confirm' if ns==('shop',) else 'deliver'
                    else: args[c]=st.args[c]
                url=reverse(name,kwargs=args)
                with undone():
                    r=st.browser(role).generic(method,url, content_type='application/x-www-form-urlencoded')
                    code=r.status_code
                    if code==302: code='in' if '/login' in r['Location'] else '302 '+r['Location'][:40]
                    row.append(str(code))
            print(name,method,conv,row, flush=True)
