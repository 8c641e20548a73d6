"""The sentences of a report of proofs, in Chinese."""

from hardship_rules.core.frozen import FrozenMapping

SENTENCES: FrozenMapping[str, str] = FrozenMapping(
    {
        "headline": "{policy}：对全部家庭的证明",
        "against": "与“{old}”相比：旧政策按新政策的适用日期判，同一家庭判两次",
        "scope": "凡不超过 {members} 名成员、事实齐全的家庭都算在内；更大的家庭没有证明。",
        "limit": "每一节限时 {seconds} 秒；举出的家庭都已由审核程序另判一遍，结果相同。",
        "unpublished": "尚未公布的数，凡在其范围内的都算在内（只按其他数值的小数位数）：{names}。",
        # Sections
        "outcomes": "结果：有没有家庭得到",
        "overlaps": "重叠：有没有家庭同时符合两个结果",
        "clauses": "条款：去掉一条，有没有家庭的决定因此不同",
        "properties": "性质：是否所有家庭都符合",
        "readings": "解读：改选后有没有家庭的决定因此不同",
        "changes": "变化：类别会怎样改变",
        "none": "没有可问的",
        # Answers: how many, and for which
        "reached": "有家庭得到",
        "reached_as_read": "按现选的解读没有家庭得到，改选解读后有",
        "unreached": "没有任何家庭得到，怎样选解读都一样",
        "covered": "没有家庭轮到这里：前面的结果已包括全部家庭",
        "overlap": "有家庭同时符合，以先列的为准",
        "overlap_forbidden": "声明各结果互不重叠，却有家庭同时符合",
        "apart": "没有家庭同时符合",
        "matters": "起作用",
        "matters_as_read": "按现选的解读不起作用，改选解读后起作用",
        "says_reading": "不改变任何决定，只说明选了哪个解读",
        "never_matters": "去掉它，任何家庭的决定都不变，怎样选解读都一样",
        "kept": "已证明",
        "broken": "不成立",
        "tried": "没有证明；试过 {count} 个家庭，都符合",
        "reading_never_matters": "改选不改变任何家庭的任何决定",
        "of_facts": "只改变事实的含义，不在此试",
        "changed": "有家庭这样改变",
        "unchanged": "没有家庭这样改变",
        "not_settled": "在限时内没有结论",
        "counted": "{count} 项{verdict}",
        "with": "与 {others}",
        # A household
        "household": "举例（可直接粘贴为家庭材料或算例；没有列出的事实不影响结果）：",
        "result": "结果：{result}",
        "two": "两个家庭只差注释所示的一处或几处：",
        "second": "另一家庭：{value}",
        "from_to": "结果：{first}；另一家庭：{second}",
        "old_new": "旧政策：{first}；新政策：{second}",
        "as_read": "改选解读：{readings}",
        "put_in": "尚未公布的数取为：{values}",
        "join": "、",
        # The end
        "clean": "没有发现问题。",
        "found": "发现 {count} 处问题。",
        "found_changes": "发现 {count} 处问题，其中 {changes} 种类别变化。",
        "open": "另有 {count} 项在限时内没有结论，可用 --seconds 延长。",
        "progress": "{section}……",
        "progress_count": "{section}……已答 {count} 项",
    }
)
