"""Events: what happened in the shop, one class a kind, with every field that its entry carries.

An event is kind and data; an entry is an event with number, time and names in the log. One file a noun;
:mod:`printd.events.kinds` finds the class of a kind.
"""
