"""The products as the actions have them, and a catalogue with one more."""

from pathlib import Path

from actions.normalise.products import Products
from backend.policies import catalogue
from backend.policies.schemas import ProductView

PET = """
pet_vet:
  names: {en: Pet at the vet, zh: 宠物医疗险}
  words:
    sure:
      en: [vet, puppy]
      zh: [宠物医院, 兽医]
    named:
      en: ['dogs?', 'cats?', pets?]
      zh: [狗, 猫, 宠物]
    happens:
      en: [swallowed]
      zh: [误吞]
  covers: {en: Visits to the vet., zh: 兽医诊疗费用。}
  documents: {en: The bill of the vet., zh: 兽医收费单据。}
  photo: none
  waiting_days: 14
  limits: {USD: 50000, GBP: 40000, CNY: 350000, SGD: 65000}
  deductible: {USD: 2500, GBP: 2000, CNY: 10000, SGD: 3000}
  fast_lane_limit: {USD: 30000, GBP: 25000, CNY: 200000, SGD: 40000}
"""


def with_pet(folder: Path) -> dict[str, catalogue.Product]:
    """The catalogue with an entry more, as it is read from a file."""
    file = folder / "catalogue.yaml"
    file.write_text(catalogue.FILE.read_text() + PET)
    return catalogue.read(file)


def ready(products: dict[str, catalogue.Product]) -> Products:
    return Products.of(ProductView.model_validate(each, from_attributes=True) for each in products.values())


PRODUCTS = ready(catalogue.read(catalogue.FILE))
