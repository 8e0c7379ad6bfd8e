"""The limits, rates and thresholds of each year, against what is written in the documents named beside them."""

from decimal import Decimal

import pytest
from daysheet.accounting import form_1099
from daysheet.accounting.payroll import fica, wage_base
from daysheet.reports.tax.lines import deductible_meals
from daysheet.reports.tax.return_depreciation import de_minimis, section_179_limit

from tests.reports.test_depreciation import amounts_of, asset, bonus_of

D = Decimal


@pytest.mark.parametrize(
    ("year", "limit", "above"),
    [
        (2018, 1_000_000, 2_500_000),  # IRS, "Depreciation expense helps business owners keep more money"
        (2019, 1_020_000, 2_550_000),  # simranlaw.com, "Section 179 ... 2019"
        (2020, 1_040_000, 2_590_000),  # IRS Publication 946 (2020), What's New
        (2021, 1_050_000, 2_620_000),  # sayvilleford.com, "Section 179 Deduction Limits for 2021"
        (2022, 1_080_000, 2_700_000),  # NFIB, "Small business expensing"
        (2023, 1_160_000, 2_890_000),  # IRS Publication 946 (2023), What's New
        (2024, 1_220_000, 3_050_000),  # bluej.com, "maximum deduction ... Section 179 for 2024"
        (2025, 2_500_000, 4_000_000),  # Pub. L. 119-21, section 70306, in Publication 946 (2025)
        (2026, 2_560_000, 4_090_000),  # section179.org, "2026 Section 179 Deduction"
    ],
)
def test_section_179(year, limit, above):
    assert section_179_limit(year, D(above)) == limit
    assert section_179_limit(year, D(above + 1000)) == limit - 1000
    assert section_179_limit(year, D(above + limit + 1)) == 0


@pytest.mark.parametrize(
    ("year", "limit"),  # Sage Fixed Assets, "Sport Utility Vehicles"; 2026: sdocpa.com
    [(2018, 25000), (2019, 25500), (2020, 25900), (2021, 26200), (2022, 27000), (2023, 28900), (2024, 30500),
     (2025, 31300), (2026, 32000)],
)  # fmt: skip
def test_section_179_of_a_sport_utility_vehicle(year, limit):
    of = {"vehicle": "suv", "bonus": False}
    assert amounts_of(asset(90000, 5, f"{year}-03-01", section_179=D(limit), **of), 1)[0] > limit
    with pytest.raises(Exception, match=f"no more than {limit} may be expensed"):
        amounts_of(asset(90000, 5, f"{year}-03-01", section_179=D(limit + 1), **of), 1)


@pytest.mark.parametrize(
    ("year", "with_bonus", "later"),
    [
        (2018, 18000, (10000, 16000, 9600, 5760)),  # Rev. Proc. 2018-25, tables 2 and 3 (RSM)
        (2019, 18100, (10100, 16100, 9700, 5760)),  # Rev. Proc. 2019-26 (currentfederaltaxdevelopments.com)
        (2020, 18100, (10100, 16100, 9700, 5760)),  # Rev. Proc. 2020-37 (RSM)
        (2021, 18200, (10200, 16400, 9800, 5860)),  # Rev. Proc. 2021-31 (RSM; Journal of Accountancy, August 2021)
        (2022, 19200, (11200, 18000, 10800, 6460)),  # Rev. Proc. 2022-17 (TSCPA, March 2022)
        (2023, 20200, (12200, 19500, 11700, 6960)),  # Rev. Proc. 2023-14 (RSM; TSCPA)
        (2024, 20400, (12400, 19800, 11900, 7160)),  # Rev. Proc. 2024-13 (The Tax Adviser, February 2024)
        (2025, 20200, (12200, 19600, 11800, 7060)),  # Rev. Proc. 2025-16 (currentfederaltaxdevelopments.com)
        (2026, 20300, (12300, 19800, 11900, 7160)),  # Rev. Proc. 2026-15 (Eide Bailly, March 2026)
    ],
)
def test_passenger_automobiles(year, with_bonus, later):
    """Of an automobile that costs so much that only the limits count."""
    dear = {"vehicle": "passenger", "acquired": None}
    assert amounts_of(asset(900000, 5, f"{year}-03-01", **dear), 4) == list(later)
    assert amounts_of(asset(900000, 5, f"{year}-03-01", bonus=True, **dear), 1) == [with_bonus]


@pytest.mark.parametrize(
    ("year", "percent"),  # Parker Tax Publishing, January 2026, on IRC 168(k)(6); section179.org
    [(2018, 100), (2019, 100), (2020, 100), (2021, 100), (2022, 100), (2023, 80), (2024, 60), (2025, 40), (2026, 20)],
)
def test_bonus_depreciation_of_what_was_acquired_before_2025_01_20(year, percent):
    assert bonus_of(f"{year}-05-01", min(f"{year}-05-01", "2025-01-19")) == percent
    assert bonus_of("2026-05-01", "2025-01-20") == 100


@pytest.mark.parametrize(
    ("year", "base"),  # ssa.gov/OACT/COLA/autoAdj.html; 2026: Bloomberg Tax, October 24, 2025
    [(2018, 128400), (2019, 132900), (2020, 137700), (2021, 142800), (2022, 147000), (2023, 160200), (2024, 168600),
     (2025, 176100), (2026, 184500), (2027, None)],
)  # fmt: skip
def test_the_wage_base(year, base):
    assert wage_base(year) == base
    assert fica(D(1000)) == D("76.50")


@pytest.mark.parametrize(
    ("year", "percent"),  # IRC 274(n)(1); of 2021 and 2022 it depends on the meal: 274(n)(2)(D), Notice 2021-25
    [(2018, 50), (2019, 50), (2020, 50), (2021, None), (2022, None), (2023, 50), (2024, 50), (2025, 50), (2026, 50)],
)
def test_meals(year, percent):
    assert deductible_meals(year) == percent


@pytest.mark.parametrize(
    ("year", "threshold", "known"),  # Sovos on Pub. L. 119-21, section 70433: 2,000 from 2026, indexed from 2027
    [(2018, 600, True), (2025, 600, True), (2026, 2000, True), (2027, 2000, False)],
)
def test_the_threshold_of_form_1099(year, threshold, known):
    assert (form_1099.threshold(year), form_1099.is_known(year)) == (threshold, known)


def test_the_form_for_services_changed_in_2020():
    """Form 1099-NEC took the place of box 7 of Form 1099-MISC (dentmoses.com, December 2020)."""
    assert form_1099.boxes(2019)["services"] == "1099-MISC box 7"
    assert form_1099.boxes(2020)["services"] == form_1099.boxes(2026)["legal"] == "1099-NEC box 1"


def test_the_safe_harbor_for_small_purchases():
    assert de_minimis() == 2500  # Notice 2015-82
