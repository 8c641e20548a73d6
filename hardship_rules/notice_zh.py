"""The sentences of the letter with which an application is answered, in Chinese."""

from hardship_rules.frozen import FrozenMapping

SENTENCES: FrozenMapping[str, str] = FrozenMapping(
    {
        "title_undecided": "关于补充困难职工家庭申报材料的通知",
        "title_waiting": "关于困难职工家庭申报暂不能作出结论的通知",
        "title_refused": "关于退回困难职工家庭申报的通知",
        "title_recognised": "关于提交困难职工家庭认定材料的通知",
        "to": "________________：",
        "reference": "编号：{reference}",
        "undecided": "依照《{policy}》审核（认定日期：{on}），材料不足以作出结论。现予退回，请补充下列各项后重新提交。",
        "waiting": "依照《{policy}》审核（认定日期：{on}），所用的标准尚未公布，暂不能作出结论；不需补充材料。",
        "refused": "依照《{policy}》审核（认定日期：{on}），结论为“{category}”。现予退回，理由如下。",
        "recognised": "依照《{policy}》审核（认定日期：{on}），结论为“{category}”，理由如下。",
        "no_date": "未填",
        "papers": "请补交的材料",
        "paper": "{evidence}：用以证明{facts}",
        "facts": "请说明的情况",
        "of_member": "第{number}名成员的{title}",
        "yes_or_no": "{title}（是或否）",
        "numbering": "家庭成员按申报材料中的先后顺序编号。",
        "unpublished": "下列标准尚未公布，公布后再作结论：{titles}。",
        "reasons": "理由",
        "reason_of": "{outcome}：{words}",
        "reason_limit": "{words}（本户 {number}，界线 {limit}）",
        "materials": "请提交的材料",
        "perhaps": "是否还需提交下列材料，尚待核实：{titles}。",
        "nothing": "本次不需提交材料。",
        "unlisted": "需提交哪些材料，由工会另行告知：________________。",
        "objection": "对本通知有异议的，可向________________提出（由工会填写）。",
        "seal": "________________（审核工会，盖章）",
        "date": "________年____月____日",
        "draft": "本通知由程序拟写，是辅助审核意见；经工会核定、盖章后才能发出。",
        "join": "、",
    }
)
