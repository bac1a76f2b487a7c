"""Quality: what may a program know of how good the data is?"""

from fastapi import APIRouter, Response

from shuke.api.authentication import Caller, Here
from shuke.api.responses import REFUSALS, ApiRoute, answer
from shuke.api.schemas import gives
from shuke.views import quality as view

router = APIRouter(route_class=ApiRoute, responses=REFUSALS, tags=["quality"])


@router.get("/quality", summary="How good is the data of each source?", responses=gives(view.Quality))
def quality(project: Here, caller: Caller, source: str | None = None) -> Response:
    """Each score names the table and the conditions whose rows are not as they should be."""
    return answer(view.quality(project, source, viewer=caller))
