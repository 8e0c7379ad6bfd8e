"""Cash to come and what changes over time, as charts."""

from __future__ import annotations

from daysheet.plugins.fava.base import Pages
from daysheet.plugins.fava.shown import charts
from daysheet.plugins.fava.shown.trends import months_until


class Cash(Pages):
    """The charts."""

    def collections_chart(self) -> list[charts.Chart]:
        """Twelve months of money received."""
        view = self.view
        return [charts.bars("Money received", [(day, {view.currency: amount}) for day, amount in view.collections])]

    def forecast_charts(self) -> list[charts.Chart]:
        """Thirteen weeks to come."""
        return charts.forecast(self.view.forecast)

    def charts_over_time(self) -> list[charts.Chart]:
        """Twelve months of what was never billed, what was owed, and each measure."""
        view = self.view
        days = [last for _, last in months_until(view.as_of)]
        kept = view.state.kept(("over time", view.as_of), lambda: charts.over_time(view.books, days))
        return [*kept, *charts.measures(view.trends, days)]
