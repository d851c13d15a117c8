"""Inside: what people show their circles, what is said of it, and what a circle knows.

The use cases of the circle side are in `services`, its reads in `queries`, and the one
place that keeps deliveries exact in `deliver`.
"""
