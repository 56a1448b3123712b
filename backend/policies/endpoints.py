"""Products for anybody, policies for a verified customer; for actions."""

from uuid import UUID

from fastapi import APIRouter

from backend.identity import service as identity
from backend.identity.guard import does
from backend.identity.rules import Operation
from backend.kit.http import Internal, ServicesDep, Tx
from backend.kit.money import Money
from backend.kit.words import LANGUAGES
from backend.policies import catalogue, repository
from backend.policies.rules import worth_showing
from backend.policies.schemas import PolicyView, ProductView

router = APIRouter(prefix="/api", dependencies=[Internal])


@router.get("/products", dependencies=[does(Operation.TERMS)])
async def products() -> list[ProductView]:
    return [ProductView.model_validate(product, from_attributes=True) for product in catalogue.products()]


@router.get("/conversations/{conversation_id}/policies", dependencies=[does(Operation.LIST_POLICIES)])
async def policies(conversation_id: UUID, session: Tx, services: ServicesDep) -> list[PolicyView]:
    proof = await identity.require(
        session, services.settings, conversation_id, Operation.LIST_POLICIES, services.clock()
    )
    held = await repository.of_customer(session, proof.customer.id) if proof.customer else []
    views = []
    for policy in worth_showing(held, services.clock().date()):
        product = catalogue.product(policy.product)
        limit = Money(policy.currency, product.limits[policy.currency])
        deductible = Money(policy.currency, product.deductible[policy.currency])
        views.append(
            PolicyView(
                number=policy.number,
                product_name=product.names,
                starts_on=policy.starts_on,
                ends_on=policy.ends_on,
                limit_text={language: limit.words(language) for language in LANGUAGES},
                deductible_text={language: deductible.words(language) for language in LANGUAGES},
            )
        )
    return views
