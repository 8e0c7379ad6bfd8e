"""What stands behind the balance sheet, item by item."""
