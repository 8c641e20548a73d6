"""The Chinese words of a policy's view in a database."""

from hardship_rules.core.frozen import FrozenMapping

WORDS: FrozenMapping[str, str] = FrozenMapping(
    {
        "title": "{title}（{name}）",
        "fingerprint": "指纹 {fingerprint}",
        "how": "由 hardship-rules show --format sql 按政策写出；政策修改后重新生成，不要在这里改。",
        "null": "空值（NULL）是未知，不是零：条件为空即待定；数有最小 low 和最大 high，已知的数只有 number。",
        "whole": "全部用整数计算：金额写成最小单位（两位小数的以分计），除法移到比较的另一边。",
        "days": "日期写成 372×年 + 31×（月-1） + （日-1），整年、整月是两个日期之差除以 372、31 的整数部分。",
        "on": "认定日期 {on}。",
        "on_column": "认定日期在家庭表的 {column} 列。",
        "on_unknown": "没有给出认定日期：按适用日期内的任何一天。",
        "stand_in": "没有“{title}”一列：{words}",
        "unknown": "没有“{title}”一列：未知",
        "day": "认定日期",
        "left_out": "{title}：没有填写",
        "households_read": "每户：登记表的列、代码和单位按映射读成事实",
        "members_as_read": "每名成员：登记表的列、代码和单位按映射读成事实",
        "readings": "采用的解读：",
        "reading": "  {title}：{option}",
        "clauses": "{title}：各条",
        "holds": "{title}：各结果的条件",
        "first": "{title}：条件成立的第一个结果",
        "households": "{title}：每户一行",
        "members": "{title}：每名成员一行",
        "members_read": "每户成员的合计",
        "own": "成员要用到的家庭情况",
    }
)
