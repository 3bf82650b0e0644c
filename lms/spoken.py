"""Templates that speak one language each: what does not change from page to page is worked out when a template is compiled.

`{{ _("Menu") }}` in a page's template would be looked up for every reader; here it is the finished word in the compiled template of
each language, one piece with the HTML around it. The same goes for the addresses of static files. A page has a hundred of them.
"""

import re
from collections.abc import Mapping, MutableMapping
from gettext import NullTranslations
from typing import Any

from flask.templating import Environment as FlaskEnvironment
from jinja2 import Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.environment import TemplateModule
from jinja2.runtime import Context
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

_special = re.compile("[&<>'\"]").search


def shown(value: Any) -> str:
    """A value as HTML. What `markupsafe.escape` does, without a new object for each of the hundreds of words of a page that hold
    nothing to escape: they are only joined."""
    kind = type(value)
    if kind is Markup or (kind is str and _special(value) is None):
        return value  # type: ignore[no-any-return]  # one of the two, as just seen
    return escape(value)


class _Code(CodeGenerator):
    """Compiles `{{ … }}` of an escaped template to `shown`."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write(f"environment.shown({finalize.src or ''}")


class _Template(Template):
    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        # Jinja asks at every import whether the page has globals of its own that the macros would have to see; ours never have
        return super()._get_default_module()


class Environment(FlaskEnvironment):
    """The site's templates. As it stands it translates when a page is made; `speaking` gives the one of a language."""

    template_class = _Template
    code_generator_class = _Code
    shown = staticmethod(shown)

    catalogue: NullTranslations | None = None

    def speaking(self, catalogues: Mapping[str, NullTranslations], language: str) -> "Environment":
        """The environment of one language, made once."""
        made: dict[str, Environment] = self.__dict__.setdefault("_spoken", {})
        found = made.get(language)
        if found is None:
            found = self.overlay()
            found.catalogue = catalogues.get(language, NullTranslations())
            made[language] = found
        return found

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """One dictionary for all templates: Jinja would lay a chain over it, which every page would then copy name by name."""
        return self.globals if not d else super().make_globals(d)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        if self.catalogue is not None:
            _Finished(self, self.catalogue).visit(tree)
        return tree


class _Finished(NodeTransformer):
    """Puts finished texts in the place of calls whose arguments are written out in the template."""

    def __init__(self, environment: Environment, catalogue: NullTranslations) -> None:
        self._static: Any = environment.globals["static"]
        self._catalogue = catalogue

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        self.generic_visit(node)
        function, arguments = node.node, node.args
        if not isinstance(function, nodes.Name) or len(arguments) != 1 or node.dyn_args or node.dyn_kwargs:
            return node
        given = arguments[0]
        if not isinstance(given, nodes.Const) or not isinstance(given.value, str):
            return node
        if function.name == "static" and not node.kwargs:
            return nodes.Const(self._static(given.value), lineno=node.lineno)
        if function.name != "_":
            return node
        text: Any = nodes.Const(self._catalogue.gettext(given.value), lineno=node.lineno)
        if not node.kwargs:
            return nodes.Const(text.value, lineno=node.lineno)
        filled = nodes.Getattr(text, "format", "load", lineno=node.lineno)
        return nodes.Call(filled, [], node.kwargs, None, None, lineno=node.lineno)
