"""The only code that reads or writes source files: config/, content/, translations/.

One parser for each kind of source. A parser reports every Problem at once and never prints.
Nothing here knows a request.
"""
