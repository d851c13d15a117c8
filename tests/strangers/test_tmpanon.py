import pytest, cProfile, pstats, time, os
from tests.strangers.test_anonymity import *
pytestmark = pytest.mark.django_db
def test_prof(world):
    g=Gathering(world.outside)
    pr=cProfile.Profile(); t=os.times(); pr.enable()
    a=world.askers[1]
    g.gather_pages(a); g.gather_operations(a)
    pr.disable(); u=os.times(); print(len(g.answers),u.user-t.user,u.system-t.system)
    pstats.Stats(pr).sort_stats("tottime").print_stats(25)
    pstats.Stats(pr).sort_stats("cumtime").print_stats("kith|tests|client.py|orjson|undone|contextlib|fork|connect")
