import time, cProfile, pstats, pytest
from collections import Counter
from tests.strangers.test_anonymity import *
pytestmark = pytest.mark.django_db
def test_prof(world):
    g=Gathering(world.outside)
    for a in world.askers:
        
        t=time.process_time(); g.gather_pages(a); t2=time.process_time()
        n=len(g.answers)
        print(a.name,"pages",n,t2-t); 
        g.gather_operations(a); print("ops",len(g.answers)-n,time.process_time()-t2)
        
    print(Counter((x.method,x.route) for x in g.answers).most_common(25)); print(Counter(x.status for x in g.answers)); print([str(x) for x in g.answers if x.status>=500])
    t=time.process_time(); tr=traces_of(list(Person.objects.filter(pk__in=Persona.objects.unguarded(SAID).values("person")).values_list("pk",flat=True))); print("traces",len(tr),time.process_time()-t)
    t=time.process_time(); s=Search(tr); print("search built",s.forms,time.process_time()-t)
    t=time.process_time(); b=sum(len(x.sent) for x in g.answers); f=[(str(tt),fo,str(x)) for x in g.answers for fo,tt in s.find(x.sent,is_text=x.is_text)]; print("searched",b,time.process_time()-t)
    c=Counter((a,b) for a,b,_ in f)
    for k,v in c.most_common(40): print(v,k,[z for x,y,z in f if (x,y)==k][:2])
