"""Zendesk speaks the language of whoever calls: sentences of refusals, and titles of what every account has.

Recorded: a 422 in Portuguese, one in Spanish, and one in Chinese in which the keys of `details` are translated too.
The translations here are our own. A sentence that is in no table becomes a general one, so that no English is left
over by which anything could be told.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from sandbox.zendesk.records.records import Json

ENGLISH: Final = "en"
LANGUAGES: Final = (ENGLISH, "pt-BR", "zh-CN")
_AT: Final = {"pt-BR": 0, "zh-CN": 1}

_GENERAL: Final = ("O pedido não é válido", "请求无效")

_SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    "Record validation errors": ("Erros de validação do registro", "记录验证错误"),
    "Not found": ("Não encontrado", "未找到"),
    "Couldn't authenticate you": ("Não foi possível autenticar você", "无法验证您的身份"),
    "Forbidden": ("Proibido", "禁止访问"),
    "You do not have access to this page. Please contact the account owner of this help desk for further help.": (
        "Você não tem acesso a esta página. Fale com o proprietário da conta desta central para obter ajuda.",
        "您无权访问此页面。请联系此服务台的帐户所有者以获得帮助。",
    ),
    "You are missing the following required scopes: {scopes}": (
        "Faltam os seguintes escopos obrigatórios: {scopes}",
        "您缺少以下必需的权限范围：{scopes}",
    ),
    "Safe Update prevented the update due to outdated ticket data. Please fetch the latest ticket data and try "
    "again.": (
        "A atualização segura impediu a alteração, pois os dados do ticket estão desatualizados. Busque os dados "
        "mais recentes e tente de novo.",
        "由于工单数据已过期，安全更新阻止了此次更新。请获取最新的工单数据后重试。",
    ),
    "Number of allowed API requests per minute exceeded": (
        "O número permitido de solicitações por minuto foi excedido",
        "超过了每分钟允许的请求数",
    ),
    "An internal error occurred": ("Ocorreu um erro interno", "发生内部错误"),
    "The service is temporarily unavailable": ("O serviço está temporariamente indisponível", "服务暂时不可用"),
    "Database collision": ("Colisão no banco de dados", "数据库冲突"),
    "Status: closed prevents ticket update": (
        "Status: fechado impede a atualização do ticket",
        "状态：已关闭，无法更新工单",
    ),
    "Status: {value} is not a valid status": (
        "Status: {value} não é um estado válido",
        "状态：{value} 不是有效的状态",
    ),
    "Custom status: {value} is invalid": (
        "Estado personalizado: {value} é inválido",
        "自定义状态：{value} 无效",
    ),
    "Requester: {name} is suspended.": (
        "Solicitante: {name} está com o acesso bloqueado.",
        "请求者：{name} 已被停用。",
    ),
    "Requester: {value} is not valid": ("Solicitante: {value} não é válido", "请求者：{value} 无效"),
    "Assignee: {value} is not valid": ("Atribuído: {value} não é válido", "受托人：{value} 无效"),
    "Group: {value} is not valid": ("Grupo: {value} não é válido", "组：{value} 无效"),
    "Assignee: is required when solving a ticket": (
        "Atribuído: é obrigatório ao resolver um ticket",
        "受托人：解决工单时必填",
    ),
    "{field}: is required when solving a ticket": (
        "{field}: é obrigatório ao resolver um ticket",
        "{field}：解决工单时必填",
    ),
    "Comment: cannot be blank": ("Comentário: não pode ficar em branco", "评论：不能为空"),
    "Description: cannot be blank": ("Descrição: não pode ficar em branco", "描述：不能为空"),
    "{field}: cannot be blank": ("{field}: não pode ficar em branco", "{field}：不能为空"),
    "{field}: {value} is not valid": ("{field}: {value} não é válido", "{field}：{value} 无效"),
    "Custom field {field} does not exist": (
        "O campo personalizado {field} não existe",
        "自定义字段 {field} 不存在",
    ),
    "{field}: '{value}' does not match the expected format": (
        "{field}: '{value}' não está no formato esperado",
        "{field}：“{value}”不符合要求的格式",
    ),
    "{field}: '{value}' is not an option": ("{field}: '{value}' não é uma opção", "{field}：“{value}”不是可选项"),
    "Comment: a ticket holds up to {count} comments": (
        "Comentário: um ticket comporta até {count} comentários",
        "评论：一个工单最多包含 {count} 条评论",
    ),
    "Uploads: token is invalid or has expired": (
        "Uploads: o token é inválido ou expirou",
        "上传：令牌无效或已过期",
    ),
    "Attachment: is too large": ("Anexo: é grande demais", "附件：文件过大"),
    "Email: {email} is already being used by another user": (
        "E-mail: {email} já está sendo usado por outro usuário",
        "电邮：{email} 已被其他用户使用",
    ),
    "Tag: {tag} is already used in {where}": (
        "Marcador: {tag} já está em uso em {where}",
        "标签：{tag} 已在 {where} 中使用",
    ),
    "Request parameters don't match the given idempotency key": (
        "Os parâmetros da solicitação não correspondem à chave de idempotência",
        "请求参数与给定的幂等键不匹配",
    ),
    "Custom ticket statuses are not activated for this account.": (
        "Os estados personalizados não estão ativados nesta conta.",
        "此帐户未启用自定义工单状态。",
    ),
    "Side conversations are not switched on for this account.": (
        "As conversas paralelas não estão ativadas nesta conta.",
        "此帐户未启用协助对话。",
    ),
    "This account has one ticket form only.": ("Esta conta tem um único formulário.", "此帐户只有一个工单表格。"),
}
"""English sentences, with their gaps, and what they are in the other languages, in the order of LANGUAGES."""

_TITLES: Final[Mapping[str, tuple[str, str]]] = {
    "Subject": ("Assunto", "标题"),
    "Description": ("Descrição", "描述"),
    "Status": ("Estado", "状态"),
    "Ticket status": ("Estado do ticket", "工单状态"),
    "Type": ("Tipo", "类型"),
    "Priority": ("Prioridade", "优先级"),
    "Group": ("Grupo", "组"),
    "Assignee": ("Atribuído", "受托人"),
    "Requester": ("Solicitante", "请求者"),
    "Form": ("Formulário", "表格"),
    "Tags": ("Marcadores", "标签"),
    "Comment": ("Comentário", "评论"),
    "Comment/description": ("Comentário/descrição", "评论/描述"),
    "Comment mode": ("Modo do comentário", "评论模式"),
    "Privacy": ("Privacidade", "隐私"),
    "Current user": ("Usuário atual", "当前用户"),
    "Channel": ("Canal", "渠道"),
    "Update via": ("Atualizado via", "更新方式"),
    "Set tags": ("Definir marcadores", "设置标签"),
    "Add tags": ("Adicionar marcadores", "添加标签"),
    "Remove tags": ("Remover marcadores", "移除标签"),
    "Set subject": ("Definir assunto", "设置标题"),
    "Email user": ("Enviar e-mail ao usuário", "给用户发电邮"),
    "Email group": ("Enviar e-mail ao grupo", "给组发电邮"),
    "Notify active webhook": ("Notificar webhook ativo", "通知活跃的 webhook"),
    "Side conversation": ("Conversa paralela", "协助对话"),
    "Created": ("Criado", "已创建"),
    "Updated": ("Atualizado", "已更新"),
    "Replied to": ("Respondido", "已回复"),
    "Reopened": ("Reaberto", "已重新打开"),
    "Closed": ("Fechado", "已关闭"),
    "Is": ("É", "是"),
    "Is not": ("Não é", "不是"),
    "Changed": ("Alterado", "已更改"),
    "Changed to": ("Alterado para", "更改为"),
    "Changed from": ("Alterado de", "更改前为"),
    "Contains at least one of the following": ("Contém pelo menos um dos seguintes", "包含以下至少一项"),
    "Contains none of the following": ("Não contém nenhum dos seguintes", "不包含以下任何一项"),
    "New": ("Novo", "新建"),
    "Open": ("Aberto", "已开"),
    "Pending": ("Pendente", "待回应"),
    "On-hold": ("Em espera", "已暂停"),
    "Solved": ("Resolvido", "已解决"),
}
"""Titles of what every account has; what people named themselves is in nobody's table."""

_KEYS: Final[Mapping[str, Mapping[str, str]]] = {
    "zh-CN": {
        "status": "状态：",
        "custom_status_id": "自定义状态：",
        "requester": "请求者：",
        "assignee": "受托人：",
        "comment": "评论：",
        "title": "标题：",
    }
}
"""The keys of `details` where these are translated as well, as one recorded refusal has them."""


def title(language: str, english: str) -> str:
    """The title of something that every account has; anything else stays as people wrote it."""
    found = _TITLES.get(english)
    return english if found is None or language not in _AT else found[_AT[language]]


def sentence(language: str, english: str) -> str:
    """What Zendesk would say instead of an English sentence."""
    if language not in _AT:
        return english
    at = _AT[language]
    for pattern, theirs in _PATTERNS:
        if found := pattern.fullmatch(english):
            gaps = {name: title(language, value) for name, value in found.groupdict().items()}
            return theirs[at].format(**gaps)
    return _GENERAL[at]


def refusal(language: str, body: Any) -> Any:
    """An error's body in a language; what programs go by stays: `error`, ids, and mostly the keys of `details`."""
    if language not in _AT or not isinstance(body, dict):
        return body
    return {key: _told(language, key, value) for key, value in body.items()}


def _told(language: str, key: str, value: Any) -> Any:
    if key in ("description", "message", "title") and isinstance(value, str):
        return sentence(language, value)
    if key == "details" and isinstance(value, dict):
        keys = _KEYS.get(language, {})
        return {keys.get(name, name): [refusal(language, row) for row in rows] for name, rows in value.items()}
    if key == "error" and isinstance(value, str):
        return sentence(language, value) if " " in value else value
    return refusal(language, value)


def titled(language: str, row: Json) -> Json:
    """A definition with its titles, and those of its operators and values, in a language."""
    if language not in _AT:
        return row
    found = {**row, "title": title(language, str(row["title"]))}
    for key in ("operators", "values"):
        if key in row:
            found[key] = [{**one, "title": title(language, str(one["title"]))} for one in row[key]]
    return found


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", template)
    return re.compile("".join(f"(?P<{part}>.*)" if n % 2 else re.escape(part) for n, part in enumerate(parts)))


_PATTERNS: Final = [
    (_pattern(english), theirs)
    for english, theirs in sorted(_SENTENCES.items(), key=lambda one: (one[0].count("{"), -len(one[0])))
]
