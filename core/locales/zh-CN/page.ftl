### 页面自身的标签。数字、句子和故障说明由核心给出。

## 框架
app-name = Tidemark
check-now = 立即检查
checking = 正在查询 MiniMax…
open-keys = 密钥
back = 返回
close-note = 关闭此消息
unexpected = 出了点问题，请再试一次。
accounts = 账户
ways = 接下来可以
more-open = 展开 { $name } 的时段

## 首次运行
welcome-title = 还剩多少？
welcome-body = Tidemark 用你的密钥向 MiniMax 查询，显示在托盘里，并在用完之前提醒你。
look-around = 先随便看看
look-around-note = 模拟账户：没有密钥，不联网，什么都不保存。
guide-step = 第 { $number } 步，共 { $count } 步
guide-next = 继续
guide-notices-title = 它会主动提醒
guide-notices-body = 快用完时、用完时、恢复时都会提醒。先试一次吧。
guide-test-notice = 显示一条测试通知
guide-autostart = 登录时启动
guide-done-title = 一切就绪
guide-done-tray = Tidemark 留在托盘里。圆环显示还剩多少，点一下就打开此窗口。
guide-done-no-tray = 此桌面暂时没有托盘。Tidemark 在后台继续运行，再次启动即可打开此窗口。
guide-done-notices = 快用完时、用完时、恢复时都会通知你。
guide-finish = 看看还剩多少

## 密钥表单
key-label = 密钥
key-placeholder = sk-cp-…
key-show = 显示密钥
key-hide = 隐藏密钥
key-where = 在哪里找？
key-where-global = 国际
key-where-china = 中国
key-kept = 密钥只保存在本机的密钥环里，不会写到别处。
name-label = 名称
region-label = 区域
region-auto = 自动判断
region-global = 国际
region-china = 中国
kind-label = 类型
kind-auto = 自动判断
kind-token_plan = Token Plan
kind-pay_as_you_go = 按量计费
team-label = 团队
team-hint = 可不填。套餐密钥属于一个团队。
more-fields = 自行指定区域和类型
key-check = 检查此密钥
key-check-again = 再试一次
asking-title = 正在检查密钥
asking-body = 密钥只会发给 MiniMax。
name-hint = 便于与其他密钥区分。
add-intro = 粘贴 Token Plan 密钥或按量计费密钥，Tidemark 会自动分辨。
add-submit = 添加此密钥
replace-submit = 更换密钥
cancel = 取消
as-token_plan = 作为 Token Plan 密钥检查
as-pay_as_you_go = 作为按量计费密钥检查
keep-unchecked = 不检查，直接保存

## 密钥
keys-title = 密钥
add-key = 添加密钥
add-title = 添加密钥
replace-title = 更换 { $name } 的密钥
replace-note = 在 MiniMax 接受新密钥之前，旧密钥会保留。
last-four = 末四位 { $four }
rename = 重命名
rename-name = 重命名 { $name }
rename-label = 新名称
rename-save = 保存
replace = 更换密钥
replace-name = 更换密钥：{ $name }
remove = 移除
remove-name = 移除 { $name }
remove-question = 移除 { $name }？
remove-body = 它的密钥会从本机的密钥环中删除。MiniMax 那边不会有任何变化。
remove-confirm = 移除
remove-keep = 保留
keys-none-title = 还没有账户
keys-none = 添加套餐的密钥，Tidemark 就会显示还剩多少。不到一分钟即可完成。
move-up = 上移
move-up-name = 上移 { $name }
move-down = 下移
move-down-name = 下移 { $name }
place-said = { $name }，现在是第 { $number } 个，共 { $count } 个
name-whole = 完整名称
name-less = 收起名称
keys-demo = 模拟账户没有密钥。退出模拟后即可添加你自己的密钥。

## 设置
open-settings = 设置
settings-title = 设置
saved = 已保存
hours-own = 自定时段
hours-from = 从
hours-until = 到
test-notice = 显示一条测试通知
test-notice-sent = 已发出。如果没有出现，是桌面本身拦下了通知。

## 静音
snooze = 暂停通知
snooze-hour = 暂停 1 小时
snooze-until-reset = 暂停到下次重置
snooze-end = 恢复通知

## 卡片的操作
card-more = { $name } 的更多操作
close = 关闭
key-copied = 已复制，45 秒后清除。
speed-title = 输出速度
speed-measure = 测量
speed-again = 再测一次
speed-measuring = 正在测量…
pair-title = 按量计费配对
pair-label = 用完后由谁接替
pair-hint = 套餐用完期间使用它的密钥，按 token 计费。
pair-none = 无
pair-missing = 还没有按量计费账户，请先添加它的密钥。

## 账户的选项
options = 选项
options-name = { $name } 的选项
remove-history = 同时删除它的历史记录

## 卡片
more = 展开
less = 收起
fewer = 收起
and-more = 还有 { $number } 项
open-account = 打开 { $name }
bar-legend = 竖线是匀速用量的位置，刻度是提醒阈值。
spoken = { $name }：{ $sentence }
spoken-state = { $name }：{ $state }。{ $sentence }


## An account and its history
account-title = 账户
history-title = 历史
history-range = 时间范围
range-hours = 5 小时
range-day = 24 小时
range-week = 7 天
range-month = 30 天
range-hours-long = 5 小时
range-day-long = 24 小时
range-week-long = 7 天
range-month-long = 30 天
history-window = 查看哪个时段
history-form = 显示方式
history-chart = 图表
history-table = 表格
chart-cursor = 历史读数；用方向键浏览
chart-failed = 无法绘制图表。表格内容相同。
table-time = 时间
table-share = 额度
table-balance = 余额
table-note = 备注
legend-lines = 提醒线
legend-ahead = 预测
legend-resets = 重置
legend-gaps = 没有读数
legend-columns = 每天最紧张的时刻
legend = 图例
history-retry = 重试
spent-title = 每日花费
options-title = 此账户

## The desktop, in the settings
sections = 分区
autostart = 登录时启动
shortcut-press = 设置快捷键…
shortcut-listens = 请按下组合键，按 Esc 取消
shortcut-bare = 请同时按住 Ctrl、Alt 或 Super，按 Esc 取消
shortcut-clear = 清除快捷键
exchange-title = 导入与导出
exchange-hint = 仅包含设置：文件中绝不会有账户和密钥。
export = 导出…
import = 导入…
forget-whose = 历史记录
forget-all = 全部账户
forget = 删除历史记录…
forget-question = 删除所有账户的读数？账户和密钥会保留。
forget-question-of = 删除 { $name } 的读数？该账户及其密钥会保留。
forget-keep = 保留
forget-confirm = 删除

## About
open-about = 关于与诊断
about-title = 关于
about-body = 显示你的 MiniMax 套餐还剩多少。由 MiniMax 用户制作，并非 MiniMax 官方产品。自由软件：MIT 或 Apache-2.0。
ring-title = 托盘图标
ring-body = 圆环从顶部起顺时针减少，表示额度的消耗。
ring-good = 充足
ring-near = 接近上限
ring-critical = 即将用完
ring-spent = 已用完
ring-unknown = 未知或已过时
ring-refused = 密钥被拒绝
doctor-title = 诊断
doctor-looking = 正在检查…
doctor-again = 重新检查
doctor-copy = 复制用于问题报告
doctor-copied = 已复制。其中没有密钥，也没有账户名称。
doctor-ok = 正常
doctor-warning = 值得留意
doctor-trouble = 需要处理
files-title = 文件
file-settings = 设置
file-settings-open = 打开设置所在的文件夹
file-history = 历史记录
file-history-open = 打开历史记录所在的文件夹
file-log = 日志
file-log-open = 打开日志所在的文件夹
file-open = 打开
shortcuts-title = 键盘
shortcut-up = 在密钥页将账户上移
shortcut-down = 在密钥页将账户下移
shortcut-escape = 返回上一屏；在总览中则关闭窗口
