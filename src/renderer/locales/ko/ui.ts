export const ui = {
  copy: "복사하기",
  copyThing: "{{name}} 복사하기",
  copied: "{{name}} 복사했어요",
  copyFailed: "이 브라우저는 복사를 막고 있어요. 글자를 골라서 직접 복사하세요.",
  close: "닫기",
  cancel: "그만두기",
  save: "저장하기",
  saved: "저장했어요",
  loading: "불러오는 중",
  tableOf: "{{name}} 표",
  tableView: "표로 보기",
  chartView: "그림으로 보기",
  notYet: "연결이 돌아오면 할 수 있어요",
  needsOwner: "사장님만 할 수 있어요",
  needsOperator: "운영자나 사장님만 할 수 있어요",
  lost: { title: "랙과 끊겨 있어요", meaning: "요청을 보내지 못했어요. 바뀐 것은 없어요.", todo: "연결이 돌아오면 다시 하세요." },
  other: { title: "뜻밖의 일이 생겼어요", meaning: "대답을 알아볼 수 없었어요.", todo: "다시 해 보고, 또 그러면 지원 묶음을 보내 주세요." },
} as const;

export const units = {
  ago: { second: "{{value}}초 전", minute: "{{value}}분 전", hour: "{{value}}시간 전", day: "{{value}}일 전" },
  long: { second: "{{value}}초", minute: "{{value}}분", hour: "{{value}}시간", day: "{{value}}일" },
} as const;

export const rack = {
  label: "{{units}}U 랙, 위에서부터",
  labelMore: "랙 {{number}}, {{units}}U, 위에서부터",
  switch: "스위치",
  button: "물리 전원 버튼",
  ups: "UPS",
  battery: "배터리 {{charge}}",
  batterySimulated: "배터리 {{charge}} · 가상",
  units: "{{from}}U",
  unitRange: "{{from}}–{{to}}U",
  unplaced: "자리를 정하지 않았어요",
  key: "상태를 나타내는 모양",
  running: "동작 중",
  minutes: "{{value}}분",
} as const;
