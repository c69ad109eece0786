"""A real year, replayed day by day through all five levels, so that what each one buys is measured."""
