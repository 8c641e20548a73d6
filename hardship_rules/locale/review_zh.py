"""The sentences of the sheet that whoever approves a policy reads and signs, in Chinese."""

from hardship_rules.core.frozen import FrozenMapping

WORDS: FrozenMapping[str, str] = FrozenMapping(
    {
        "title": "审批表：{title}",
        "section": "{number}、{title}",
        "join": "、",
        "list": "，",
        "steps": "；",
        "item": "项目",
        "old": "旧政策",
        "new": "新政策",
        "nothing": "（无）",
        "gone": "（删去）",
        # The two policies, and the sheet in short
        "policies": "两份政策",
        "both": "送批的新政策，与之比较的旧政策",
        "name": "名称",
        "base": "所依据的办法",
        "base_words": "{title}（{name}）",
        "not_said": "未写明：不是草案，也没有批准记录",
        "in_short": "要点",
        "result": "结果",
        "count": "{title} {count}",
        "counts": "共 {count} 处：{sections}",
        "warnings_count": "{count} 处",
        "none": "没有",
        "changes_count": "有 {changed} 种，已证明没有的 {proved} 种，没有结论的 {open} 种",
        "changes_none": "没有：{proved} 种都已证明",
        "changes_not_found": "没有找到；已证明没有的 {proved} 种，没有结论的 {open} 种",
        "cases_count": "旧政策的算例 {of_old} 例，结果不同的 {changed} 例，其中类别不同的 {of_category} 例",
        "own_count": "新政策的算例 {own} 例，未通过 {failed} 例",
        "properties_count": "共 {count} 项：{verdicts}",
        "verdict_count": "{verdict} {count}",
        "not_compared": "没有比较",
        "not_asked": "没有查",
        # What is changed
        "differences": "改了什么",
        "same": "两份政策的内容相同（指纹一致），没有改动。",
        "same_rules": "除标识、名称、系列和适用日期外，没有改动。",
        "in_effect": (
            "凡改动都列在下面，没有列出的与旧政策相同。完整的内容见 hardship-rules show 写成的文件，指纹应与本表一致。"
        ),
        "new_about": "新政策，变动、理由和出处",
        "particular": "项目和标识",
        "must_send": "按旧政策填写的家庭材料里没有下列事实，现在必须填写，缺了类别可能为待定：{titles}。",
        # What is doubtful
        "warnings": "提示",
        "warnings_mean": "提示是可疑之处，要逐条核对，无误的不必改。",
        "no_warnings": "没有提示。",
        "confirmed": "核对结果：________________",
        # Whose category changes
        "changes": "哪些家庭的类别改变",
        "changes_scope": (
            "凡不超过 {members} 名成员、事实齐全的家庭都算在内；更大的家庭没有证明。"
            "旧政策按新政策的适用日期判，同一家庭判两次。只比较“{category}”；其他各项认定不在此列。举例的家庭由程序找出，不是真实的家庭。"
        ),
        "unpublished": "尚未公布的数，凡在其范围内的都算在内：{titles}。",
        "one_number": "其中在两份政策里写法完全相同的，当作同一个数：{titles}。",
        "changes_table": "类别怎样改变",
        "was": "原类别",
        "becomes": "有家庭改为",
        "never": "已证明没有家庭改为",
        "unsettled": "没有结论",
        "all_others": "其他各类",
        "the_rest": "其余各类",
        "change": "{number}. {title}",
        "unchanged": "没有一个家庭的类别改变：已证明。",
        "not_settled": "没有结论的，在限时（每一节 {seconds} 秒）内既没有证明，也没有找到家庭；可用 --seconds 延长。",
        "no_categories": "旧政策还没有数值或没有类别，不能用来认定，没有可比的类别。",
        # The worked cases
        "cases": "算例",
        "no_cases": "没有给出算例（--cases），这一项没有查。",
        "cases_of_none": "所给的算例中，没有为这两份政策写的，这一项没有查。",
        "cases_how": (
            "旧政策的算例 {count} 例，认定日期不变，按新政策再判一次（假定新政策当日也适用）：结果不变的 {same} 例，"
            "不同的 {changed} 例。"
        ),
        "failed_before": "另有 {count} 例按旧政策就与算例不符。",
        "unconfirmed": "所给的有 {count} 例没有人工核对过。",
        "about_days": "只检验适用日期的 {count} 例没有再判。",
        "cases_category": "类别不同的算例",
        "cases_rest": "类别相同、其他结果不同的算例",
        "cases_failed": "按旧政策就与算例不符的，看不出改动的影响",
        "cases_own": "新政策的算例 {count} 例，通过 {passed} 例，未通过 {failed} 例。",
        "cases_own_failed": "新政策未通过的算例",
        "from_to": "{was} → {becomes}",
        "possible": "仍可能的类别",
        "group": "{title}（{count} 例）",
        "place": "{file}:{line}",
        "case": "{title}：{words}",
        "was_now": "{what} 应为 {expected}，得到 {got}",
        "no_more": "{what} 不再有 {items}",
        "now_too": "{what} 另有 {items}",
        "decided_by": "起决定作用的条款",
        "missing": "尚缺的事实",
        "refused": "新政策不能采用这一例的材料",
        "readings": "改选的解读",
        "undecided": "待定",
        # The properties
        "properties": "应有的性质",
        "properties_how": "对不超过 {members} 名成员、事实齐全的全部家庭，性质是否成立。",
        "no_properties": "政策没有写明应有的性质（properties）。",
        "kept": "已证明",
        "broken": "反例",
        "open": "未定",
        "tried": "未定：试过 {count} 个家庭，都符合",
        "counterexample": "反例：{title}",
        # To be signed
        "approval": "审批",
        "approves": "批准的是指纹如下的内容；内容（包括所依据的办法）一有改动，指纹就不同，须重新审批。",
        "fingerprint": "指纹：{fingerprint}",
        "already": "这一内容已有批准记录：{status}。",
        "signatures": "签字",
        "step": "环节",
        "person": "姓名",
        "signature": "签名",
        "date": "日期",
        "draft": "起草",
        "check": "审核",
        "approve": "批准",
        "then": (
            "批准后写入文件，内容与本表不一致时不会写入：hardship-rules approve {file} --by 批准的单位 --date 批准日期 "
            "--fingerprint {fingerprint}"
        ),
        "made_by": "本表由 hardship-rules {version} 生成，供审核和批准时参考，不能代替对照通知原文的核对。",
    }
)
