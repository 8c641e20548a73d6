"""The sentences of the letter with which an application is answered, in Chinese."""

from hardship_rules.core.frozen import FrozenMapping

SENTENCES: FrozenMapping[str, str] = FrozenMapping(
    {
        "title_undecided": "关于补充困难职工家庭申报材料的通知",
        "title_waiting": "关于困难职工家庭申报暂不能作出结论的通知",
        "title_refused": "关于退回困难职工家庭申报的通知",
        "title_recognised": "关于提交困难职工家庭认定材料的通知",
        "to": "________________：",
        "reference": "编号：{reference}",
        "undecided": (
            "我会已审核您的困难职工家庭申报（认定日期：{on}）。材料不足以作出结论，现予退回，请补充下列各项后重新提交。"
        ),
        "waiting": "我会已审核您的困难职工家庭申报（认定日期：{on}），暂不能作出结论。您不需补充材料。",
        "refused": "我会已审核您的困难职工家庭申报（认定日期：{on}），结论为“{category}”。现予退回，理由如下。",
        "recognised": "我会已审核您的困难职工家庭申报（认定日期：{on}）。您的家庭可能属于“{category}”，理由如下。",
        "day": "{year}年{month}月{day}日",
        "no_date": "____年__月__日",
        # What is missing
        "papers": "请补交的材料",
        "paper": "{evidence}：用以证明{facts}",
        "facts": "请说明的情况",
        "of_member": "{who}的{title}",
        "applicant": "申请人",
        "members": "第{numbers}名成员",
        "run": "{first}至{last}",
        "yes_or_no": "{title}（是或否）",
        "numbering": "家庭成员按申报材料中的先后顺序编号。",
        "unpublished": "下列标准尚未公布，公布后再作结论：{titles}。",
        "undated": "认定日期尚未确定，确定后再作结论。",
        # Reasons, and the documents that they rest on
        "reasons": "理由",
        "reason_of": "{outcome}：{words}",
        "reason_limit": "{words}（本户 {number}，界线 {limit}）",
        "documents": "以上理由{documents}。",
        "stated": "依据{documents}",
        "retold": "参照{documents}",
        "article": "{title}{place}",
        "place": "{title}（{place}）",
        # What to hand in, and by when
        "materials": "请提交的材料",
        "perhaps": "是否还需提交下列材料，尚待核实：{titles}。",
        "nothing": "本次不需提交材料。",
        "unlisted": "需提交的材料：________________。",
        "again_within": "请自收到本通知之日起{days}日内重新提交。",
        "again_by": "请于____年__月__日前重新提交。",
        "within": "请自收到本通知之日起{days}日内提交。",
        "by": "请于____年__月__日前提交。",
        "objection": "对本通知有异议的，可向________________提出。",
        "seal": "________________工会（盖章）",
        "date": "________年____月____日",
        "section": "{number}、{title}",
        "join": "、",
        "sentences": "；",
        "list": "，",
    }
)
