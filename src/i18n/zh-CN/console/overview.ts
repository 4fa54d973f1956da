// 概览。The keys are those of en/overview.ts, checked by type.
import type { Messages } from '../../en/en.ts';

export const overview: Messages['console']['overview'] = {
  lead: '现在的情况，以及需要留意的事项。',
  warningsTitle: '需要留意',
  notesTitle: '值得了解',
  nowTitle: '当前',
  openNow: '正在等待的二维码',
  approvedDay: '24 小时内批准',
  approvedMonth: '30 天内批准',
  median: '批准用时',
  seconds: '{count} 秒',
  noMedian: '暂无',
  ofMonth: '30 天中位数',
  ofDay: '24 小时中位数',
  day: {
    title: '最近 24 小时',
    chart: '最近 24 小时每小时显示的二维码及其结果',
    step: '小时（协调世界时）',
    none: '最近 24 小时没有显示过二维码。',
  },
  month: {
    title: '最近 30 天',
    chart: '最近 30 天每天显示的二维码及其结果',
    step: '日期（协调世界时）',
    none: '最近 30 天没有显示过二维码。',
  },
  outcomes: {
    shown: '显示',
    scanned: '扫描',
    approved: '批准',
    open: '等待中',
    denied: '拒绝',
    cancelled: '取消',
    expired: '过期',
  },
  table: '以表格显示',
  expiredHint: '时间均为协调世界时。无人扫描的二维码会失效，页面随即显示下一个，所以总会有一些过期。',
  clientsTitle: '30 天内最活跃的网站',
  clientCount: '显示 {shown} 次，批准 {approved} 次',
  gone: '已删除',
  emptyTitle: '还没有人登录过',
  emptyLead: '有人用手机登录网站后，这里会显示相关情况。',
  warnings: {
    issuer_host: {
      title: '您通过 {host} 访问，但签发者是 {issuer}',
      fix: '请让反向代理只提供一个主机名，并把 issuer 设为它：其他地址会被拒绝，从那里开始的登录会失败。',
    },
    issuer_scheme: {
      title: '您通过 {scheme} 访问，但签发者是 {issuer}',
      fix: '请在反向代理中把 http 重定向到 https，或让它发送正确的 X-Forwarded-Proto。',
    },
    proxy_unknown: {
      title: '前面有一个配置中没有写明的反向代理',
      fix: '请把它的地址加入 http.trusted_proxies：在此之前，所有人看起来都来自同一地址，限额和风险判断都不准确。',
    },
    development_public: {
      title: '{issuer} 正在使用开发配置',
      fix: '请把 environment 设为 production：它会拒绝密码人尽皆知的演示账号，并要求使用您自己的密钥。',
    },
    keys_overdue: {
      title: '签名密钥已过轮换期：{algorithms}',
      fix: '请运行“npm run tessera -- key rotate”，并在日志中查找没有自动轮换的原因。',
    },
    keys_due: {
      title: '新的签名密钥将于{when}启用',
      fix: '它们已经公布。只有手动保存密钥的网站才需要在此之前从 JWKS 地址重新获取。',
    },
    clock_off: {
      title: '本机时钟与数据库时钟相差 {seconds} 秒',
      fix: '请用 NTP 校准两者，否则二维码和令牌会过早或过晚失效。',
    },
    logouts_given_up: {
      title: '24 小时内没能通知到网站的退出：{count} 次',
      fix: '请在审计记录中查找 logout.given_up，并检查这些网站的后端退出地址。',
    },
    place_missing: {
      title: '无法读取位置数据库 {path}',
      fix: '请将文件放到该路径，或在配置的 place 中修改路径。在此之前，登录照常进行，但不知道对方所在位置。',
    },
    place_damaged: {
      title: '位置数据库 {path} 已损坏',
      fix: '请重新下载，并以一步操作（mv）替换；一分钟内生效。在此之前继续使用先前读取的内容。（{reason}）',
    },
    mail_off: {
      title: '未发送任何邮件',
      fix: '请设置 mail.smtp_url 和 mail.from：有新浏览器登录时，本人便会收到邮件，并可通过其中的链接撤销登录。',
    },
    mails_undelivered: {
      title: '七天内未送达的邮件：{count} 封',
      fix: '请检查 mail.smtp_url。未送达的邮件列在下方；每封会在一天内反复重试。',
    },
    no_passkey: {
      title: '您尚未使用通行密钥进行管理',
      fix: '请在手机上打开 /account/passkeys 创建一个。此后只有它能打开此控制台，被盗的密码无法做到。',
    },
    one_administrator: {
      title: '只有一位管理员',
      fix: '请再给一个人管理员角色，以免手机丢失后无人能管理。',
    },
  },
};
