"""The workbench: what authors of grammars need, as functions. `gouji grammar` shows what they give."""
