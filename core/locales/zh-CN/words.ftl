### 核心给出的每一句话：托盘、通知、窗口里的数字与故障。

## 时段与数字
window-hours = { $hours } 小时
window-days = { $days } 天
window-week = 本周
window-short = 短时段
window-week-inline = 本周
window-of-hours = { $hours } 小时
figure-left = 剩余 { $percent }%
figure-used = 已用 { $percent }%
figure-percent = { $percent }%
unit-left = 剩余（{ $window }）
unit-left-week = 本周剩余
unit-used = 已用（{ $window }）
unit-used-week = 本周已用
unit-available = 可用
figure-spent = 已用完
figure-waiting = 等待新的数据
value-no-limit = 不限
value-not-in-plan = 套餐不含
value-unknown = 未知
count-used = 已用 { $used } / { $total }
count-left = 剩余 { $left } / { $total }
boost = 加成 ×{ $factor }
count-and-boost = { $count } · 加成 ×{ $factor }
note-no-weekly-cap = 此套餐没有每周上限
note-uncertain = MiniMax 未说明这里是否有上限

## 项目
row-general = 文本及共享额度
row-video = 视频
row-unnamed = 未命名
row-not-in-plan = { $row }：套餐不含

## 时间
clock-today = { $time }
clock-week = { $weekday } { $time }
clock-date = { $month }{ $day }日 { $time }
at-today = { $time }
at-week = { $weekday } { $time }
at-date = { $month }{ $day }日 { $time }
exact = { $year }年{ $month }{ $day }日 { $weekday } { $time }
weekday-1 = 周一
weekday-2 = 周二
weekday-3 = 周三
weekday-4 = 周四
weekday-5 = 周五
weekday-6 = 周六
weekday-7 = 周日
weekday-long-1 = 星期一
weekday-long-2 = 星期二
weekday-long-3 = 星期三
weekday-long-4 = 星期四
weekday-long-5 = 星期五
weekday-long-6 = 星期六
weekday-long-7 = 星期日
month-1 = 1月
month-2 = 2月
month-3 = 3月
month-4 = 4月
month-5 = 5月
month-6 = 6月
month-7 = 7月
month-8 = 8月
month-9 = 9月
month-10 = 10月
month-11 = 11月
month-12 = 12月
span-under-a-minute = 不到 1 分钟
span-minutes = { $minutes } 分钟
span-hours = { $hours } 小时
span-hours-minutes = { $hours } 小时 { $minutes } 分
span-days = { $days } 天
span-days-hours = { $days } 天 { $hours } 小时
resets-at = { $clock } 重置，还有 { $span }
resets-soon = 即将重置
reset-unknown = 重置时间未知
checked-now = 刚刚检查
checked-ago = { $span }前检查
checked-changed = { $checked }前检查，{ $changed }前有变化
checked-now-changed = 刚刚检查，{ $changed }前有变化
next-check = 下次检查 { $clock }
next-check-soon = 马上再次检查
checking = 正在检查…
as-of = 截至 { $clock }

## 级别
level-good = 充足
level-near = 接近上限
level-critical = 即将用完
level-spent = 已用完
level-unknown = 未知
level-trouble = 需要处理
level-no-plan = 无套餐

## 卡片上的句子
say-good-reset = 目前充足，{ $at } 重置。
say-good = 充足。
say-good-unlimited = 此套餐没有上限。
say-near-reset = 接近上限。{ $at } 重置，还有 { $span }。
say-near = 接近上限。
say-critical-reset = 即将用完。{ $at } 重置，还有 { $span }。
say-critical = 即将用完。
say-spent-back = 已用完。{ $at } 恢复，还有 { $span }。届时会通知你。
say-spent = 已用完。MiniMax 没有给出重置时间。恢复时会通知你。
say-waiting = 时段已结束，等待新的数据。
say-stale = 最后一次数据来自 { $clock }，现在还剩多少未知。
say-none-yet = 还没有数据。
say-asking = 正在询问 MiniMax…
say-balance-good = 按量付费，余额充足。
say-balance-low = 余额偏低。
say-balance-alert = 低于你的提醒线 { $line }。
say-balance-empty = 余额已用完。充值之前，使用此密钥的调用会失败。
say-balance-unknown = MiniMax 没有给出余额。
say-rows-unknown = MiniMax 有回应，但其中的数字都无法理解。
quiet-cash = 现金 { $amount }
quiet-voucher = 代金券 { $amount }
quiet-credit = 授信 { $amount }
quiet-owed = 欠费 { $amount }
quiet-contradiction = MiniMax 说已用完，但仍有剩余；此处按剩余比例显示。
quiet-guessed = MiniMax 只给了次数而没有比例；含义按接口路径判断。
quiet-sent-twice = MiniMax 把同一项发了两次；此处显示更紧的一项。

## 用完之后
way-wait = 等待重置
way-wait-body = { $window }：{ $clock }
way-wait-unknown = 没有给出重置时间
way-credits = 积分
way-credits-body = 如果你有积分，会自动使用
way-upgrade = 升级套餐
way-upgrade-body = 立即生效，只补差价
way-payg = 按量付费
way-payg-body = 改用按量付费密钥，按 token 计费
way-payg-pair = 改用 { $account } 的密钥，按 token 计费
way-open = 打开

## 故障：先是标题，再是该怎么做
failure-key_rejected = MiniMax 拒绝了这个密钥
failure-key_rejected-body = 它可能已被删除或更换。请填入 MiniMax 现在显示的密钥。
failure-key_rejected_or_wrong_region = MiniMax 不认识这个密钥
failure-key_rejected_or_wrong_region-body = 它已被更换，或者属于另一个区域。请重新填入密钥；两个区域都会询问。
failure-no_active_plan = 这个密钥没有有效套餐
failure-no_active_plan-body = 密钥没有问题。购买套餐或分配席位后，数字会显示在这里。仅有积分时无法用密钥查询。
failure-no_data = MiniMax 没有给出数字
failure-no_data-body = 它有回应，但没有任何额度。Tidemark 会自动再次询问。
failure-plan_exhausted = 套餐已用完
failure-plan_exhausted-body = MiniMax 这样回答，但没有给出重置时间。Tidemark 会自动再次询问。
failure-rate_limited = MiniMax 要求暂停
failure-rate_limited-body = 询问过于频繁。Tidemark 会按要求等待。
failure-server_error = MiniMax 出现故障
failure-server_error-body = 问题不在你这边。Tidemark 会自动再次询问。
failure-blocked = 回应来自过滤器而不是 MiniMax
failure-blocked-body = 你的密钥没有问题。途中的防火墙或网页过滤器返回了自己的页面；换个网络或代理可能有用。
failure-endpoint_missing = MiniMax 更换了地址
failure-endpoint_missing-body = 请查看是否有新版 Tidemark。
failure-redirect_refused = MiniMax 指向了别处
failure-redirect_refused-body = Tidemark 不会把密钥发到别的地址。请查看是否有新版，或当前网络是否需要先登录。
failure-unreadable = 无法理解这个回应
failure-unreadable-body = 它不是 MiniMax 已知的回应。需要先登录的网络会这样；否则请查看是否有新版 Tidemark。
failure-other = MiniMax 以未知代码拒绝
failure-other-body = Tidemark 会自动再次询问。如果一直如此，请把代码告诉我们。
failure-offline = 无法连接 MiniMax
failure-offline-body = 请检查网络。恢复后 Tidemark 会立即再次询问。
failure-timeout = MiniMax 没有及时回应
failure-timeout-body = 网络或 MiniMax 较慢。Tidemark 会自动再次询问。
failure-tls = 连接不安全
failure-tls-body = 证书未被接受，因此没有发送密钥。请检查本机时钟和代理。
failure-keyring = 无法读取密钥
failure-keyring-body = 它在本机的密钥环里。请解锁密钥环，然后按“再试一次”。
failure-code = { $title }（代码 { $code }）
failure-http = { $title }（HTTP { $code }）
failure-wait = MiniMax 要求等待 { $span }。{ $body }

## 按钮
do-replace-key = 更换密钥…
do-check-now = 立即检查
do-try-again = 再试一次
do-dismiss = 知道了
do-leave-demo = 离开
do-open-plans = 查看套餐

## 横幅
banner-demo = 模拟账户
banner-demo-body = 这里的一切都不是真的：没有密钥，没有网络。一秒相当于一分钟。
banner-keyring-absent = 这个桌面没有密钥环
banner-keyring-absent-body = Tidemark 只把密钥保存在系统密钥环里。请安装并启动一个（gnome-keyring、KWallet 或 KeePassXC），然后按“再试一次”。没有写到别处。
banner-keyring-locked = 密钥环已锁定
banner-keyring-locked-body = 你的密钥很安全，但无法读取。请解锁密钥环，然后按“再试一次”。
banner-keyring-slow = 密钥环没有回应
banner-keyring-slow-body = 它可能在另一个窗口等待密码。处理后按“再试一次”。
banner-keyring-no_entry = 密钥环里缺少一个密钥
banner-keyring-no_entry-body = 它在那里被删除了。请用“更换密钥”重新填入。
banner-keyring-failed = 密钥环报告故障
banner-keyring-failed-body = 请重启密钥环或重新登录，然后按“再试一次”。没有写到别处。
banner-no-tray = 这个桌面没有托盘
banner-no-tray-body = Tidemark 在此窗口中继续运行。在 GNOME 上，AppIndicator 扩展可以提供托盘；一旦有了托盘，图标会自动出现。
banner-notices = 无法显示通知
banner-notices-body = 通知服务没有回应。要说的话列在下面，并会再次尝试。
banner-settings-broken = 无法读取你的设置
banner-settings-broken-body = 原文件保存为 { $file }，没有丢失任何内容。Tidemark 以仍然知道的内容继续运行，你的密钥仍在密钥环里。
banner-settings-newer = 你的设置来自更新版本的 Tidemark
banner-settings-newer-body = 此版本会使用其中能理解的部分。副本保存为 { $file }。
banner-store-broken = 无法读取 Tidemark 的记录
banner-store-broken-body = 它保存为 { $file }。此前的读数不再显示，某条通知可能会重复出现。
banner-store-unusable = 无法写入 Tidemark 的记录
banner-store-unusable-body = 磁盘可能已满或只读，或文件正被其他程序占用。Tidemark 会继续运行并重试；只要不退出，此间的读数不会丢失。
banner-store-newer = Tidemark 的记录来自更新的版本
banner-store-newer-body = 该文件保持原样，不再保存新内容。请重新安装较新的 Tidemark。
banner-clock = 本机时钟不准
banner-clock-body = 与 MiniMax 的时钟相差 { $span }。倒计时已修正；请校准时钟。

## 通知
notice-near = { $account }：{ $window }{ $figure }
notice-near-body-reset = { $clock } 重置，还有 { $span }。
notice-near-body = MiniMax 没有给出重置时间。
notice-spent = { $account }：{ $window }已用完
notice-spent-body-reset = { $clock } 恢复，还有 { $span }。可以等待、使用积分、升级，或改用按量付费密钥。
notice-spent-body = MiniMax 没有给出重置时间。可以等待、使用积分、升级，或改用按量付费密钥。
notice-back = { $account }：{ $window }已恢复
notice-back-body = { $figure }。
notice-plan-spent = { $account }：套餐已用完
notice-plan-back = { $account }：套餐已恢复
notice-refused = { $account }：MiniMax 拒绝了密钥
notice-refused-body = 请打开 Tidemark，填入 MiniMax 现在显示的密钥。
notice-lapsed = { $account }：没有有效套餐
notice-lapsed-body = 密钥没有问题，但 MiniMax 说它不再对应任何套餐。
notice-low = { $account }：剩余 { $amount }
notice-low-body = 按量付费余额偏低。
notice-empty = { $account }：余额已用完
notice-empty-body = 充值后才能继续使用此密钥。
notice-simulated = 模拟 · { $title }
notice-also = { $body }另外：{ $more }。
window-with-row = { $row }（{ $window }）

## 托盘
tray-name = Tidemark
tray-none = Tidemark：还没有密钥。打开窗口填入一个。
tray-line = { $account }：{ $what }
tray-window = { $row } { $figure } · { $clock } 重置（{ $span }）
tray-window-plain = { $row } { $figure }
tray-week = 本周 { $percent }%
tray-join = { $first } · { $second }
tray-menu-window = { $window }：{ $figure } · { $clock } 重置
tray-menu-window-plain = { $window }：{ $figure }
tray-menu-row-window = { $row }，{ $window }：{ $figure }
tray-as-of = { $what }（{ $asof }）
menu-check-now = 立即检查
menu-open = 打开 Tidemark
menu-quit = 退出

## 标签
chip-global = 国际
chip-china = 中国
chip-payg = 按量付费
chip-demo = 模拟
