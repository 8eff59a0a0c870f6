/**
 * Words that injections are made of, by what they do. A word alone never decides: rules look for several of them close together, and the
 * model weighs each. English forms are inflected when the lexicon is built (ignore -> ignores, ignored, ignoring); an underscore joins a
 * phrase of two or three words. Korean stems match anywhere in a word, `^` at its beginning only.
 */
export const lexicon = {
  drop: "ignore disregard forget bypass override skip discard neglect overwrite abandon reject erase_all not_follow not_obey stop_following no_longer_follow cancel nullify void dismiss 무시 잊어 잊고 잊으 지우고 지워 버리고 폐기 초기화 덮어 제쳐 따르지 따를필요 효력 무효 취소하 신경쓰지 신경끄 치우고 리셋 건너뛰 우회",
  prior:
    "previous previously prior above earlier preceding before former past existing original initial initially preceding first beginning aforementioned so_far up_to_now until_now 이전 앞선 앞서 앞의 앞에 위의 위에 위내용 지금까지 여태 기존 원래 처음 아까 방금 최초 초기",
  instruction:
    "instruction prompt rule direction directive guideline command order policy policies constraint limitation programming assignment task context message conversation statement text content 지시 지침 명령 규칙 프롬프트 정책 제약 가이드라인 설정 규정 안내문 메시지 내용",
  all: "all any every everything whatever anything 모든 모두 전부 전체 일체 싹다",
  fresh: "new updated following next instead 새로운 새역할 새규칙 새지시 새로 다음지시 대신",
  show: "show reveal print output display repeat tell leak dump expose list write disclose recite echo summarize summarise translate paraphrase describe give provide return copy rewrite restate spell convert encode enumerate share say_the what_is what_are what_were 보여 출력 알려 공개 말해 적어 읊 나열 노출 복사 반복 요약해 번역해 불러 써줘 써봐 내놔 뱉어 표시해 토씨 그대로",
  prompt:
    "system_prompt system_message system_instruction initial_prompt initial_instruction original_prompt original_instruction hidden_prompt hidden_instruction hidden_rule secret_instruction developer_message developer_prompt developer_instruction prompt_above text_above instruction_above your_prompt your_instruction your_guideline your_rule your_programming your_system your_configuration previous_instruction previous_prompt conditional_reaction backstory pre-prompt preprompt meta-prompt system_role 시스템프롬프트 시스템메시지 시스템지시 시스템규칙 개발자메시지 개발자지시 내부규칙 내부지침 내부지시 숨겨진 숨긴 초기지시 초기설정 초기프롬프트 첫메시지 설정원문 프롬프트원문 시스템설정",
  you: "you your yourself you're you'll you've youre ur ^너 ^넌 ^네 ^니가 ^너의 당신 ^자네",
  role: "act_as acting_as pretend roleplay role-play role_play role_of you_are_now you_are_going_to from_now_on imagine_you simulate simulating persona character_of play_the_role play_as stay_in_character impersonate emulate hypothetical hypothetically fictional alter_ego transform_into take_on embody ^지금부터 ^이제부터 ^이제너 ^앞으로너 역할 인척 처럼행동 연기해 가정하 가정해 행세 빙의 변신 모드로 전환해",
  free: "unrestricted uncensored unfiltered limitless boundless jailbreak jailbroken dan stan dude mongo_tom aim developer_mode dev_mode god_mode debug_mode admin_mode maintenance_mode sudo_mode root_mode evil_mode do_anything_now do_anything amoral unethical immoral illegal without_restriction without_limitation without_any no_restriction no_limit no_limitation no_rule no_filter no_censorship no_ethical no_moral no_guideline broken_free free_from free_of not_bound unbound unshackled opposite_mode evil evilbot badbot chaos 제한없 제한해제 제약없 제약풀 제약에서 제한을풀 규제없 검열없 검열받지 검열도 무검열 필터없 필터를 필터해제 필터끄 무제한 개발자모드 관리자모드 해커모드 디버그모드 갓모드 탈옥 ^자유롭게 ^자유로운ai 가드레일 해방된 탈주 ^dan 디벨로퍼 고삐 족쇄 얽매이",
  safety:
    "safety filter guardrail ethic ethical ethics moral morality censorship content_policy content_policies usage_policy usage_policies openai openai's restriction safeguard alignment harmful offensive disclaimer 안전필터 안전정책 안전지침 안전장치 안전규정 안전같 윤리 도덕 검열 콘텐츠정책 보안정책 보호장치 제한사항",
  refuse:
    "never_refuse not_refuse cannot_refuse can't_refuse can_not_refuse never_say no_matter_what comply complies regardless_of never_decline not_decline must_answer always_answer as_an_ai i'm_sorry i_can't i_cannot unable_to 거절하지 거부하지 거절없 거부없 무조건답 무엇이든답 뭐든답 뭐든지답 죄송하다 못한다고하지 어떤질문에도 무엇이든",
  secret:
    "password passcode passwd pw api_key apikey access_code access_key secret_key private_key ssh_key token credential secret security_key access_token seed_phrase recovery_phrase security_code otp 2fa_code verification_code .env env_var passphrase 비밀번호 비번 패스워드 토큰 자격증명 비밀키 시크릿 api키 인증키 개인키 암호키 인증번호 접속키 환경변수 액세스키 복구구문 비밀값 credential env",
  send: "send email e-mail forward share post upload transmit mail submit deliver leak publish exfiltrate transfer_it relay dm text_it cc bcc 보내 전송 전달 공유 업로드 메일로 포워딩 발송 송부 회신 넘겨 올려 게시해 쏴줘",
  fetch:
    "get retrieve access fetch download check find extract collect gather obtain export read pull query look_up lookup search_for list grab copy compile view 가져와 가져온 조회 추출 수집 다운로드 찾아 모아 읽어 읽은 열어 내려받 뽑아 긁어 확인한뒤 정리한뒤 내보내기",
  private:
    "personal_detail personal_information personal_data private_data private_information personal_info genetic dna health_record health_data medical medical_record medical_history medical_data patient payment_method payment_detail payment_information credit_card debit_card card_number bank_detail bank_account saved_address saved_addresses shipping_address home_address search_history browsing_history web_history location_history location_data purchase_history order_history transaction_history call_log chat_history message_history conversation_history contact_list contacts address_book linked_account account_detail account_information account_balance investment holding portfolio tax_return ssn social_security passport biometric security_log audit_log confidential sensitive_information sensitive_data customer_list customer_data user_list employee_data salary_data payroll prescription diagnosis test_result background_check criminal_record public_record profile_detail private_message direct_message private_key stored_password saved_password stored_payment browser_cookie cookies session_cookie 개인정보 주민번호 주민등록 연락처목록 고객명단 고객정보 고객목록 주소록 의료기록 진료기록 건강정보 카드번호 카드정보 계좌번호 계좌정보 검색기록 위치기록 대화기록 대화내용 구매내역 거래내역 급여명세 인사정보 회원정보 회원목록 가입자 이메일목록 기밀 민감 내부자료 유전자 접속기록 쿠키 세션",
  mine: "my user's users' owner's customer's victim's his her their 내 제 사용자의 고객의 주인의 회원의",
  pay: "transfer pay deposit withdraw wire sell buy purchase donate payment refund invest remit loan 송금 이체 결제 입금 출금 환불 매도 매수 구매해 투자해 후원해",
  money:
    "$ usd dollar bitcoin btc eth ethereum crypto cryptocurrency bank venmo paypal account account_number fund money coin stock share_of euro krw won 계좌 만원 천원 억원 비트코인 코인 자금 잔액 돈을 예금",
  destroy:
    "delete remove erase wipe uninstall destroy drop_table truncate format_the rm_-rf disable deactivate shut_down turn_off terminate cancel redirect reroute lock_out revoke block blacklist move_the 삭제 제거 지워 파기 포맷 비활성 꺼줘 중지시 차단해 해지 변경해 바꿔",
  asset:
    "repository repo file files folder database backup record records log alarm camera security_system firewall antivirus system server door lock light traffic thermostat device robot vehicle intersection shipment delivery appointment allergy medication dose channel project profile policy domain setting 파일 폴더 데이터베이스 백업 기록 로그 경보 카메라 방화벽 서버 현관문 도어락 저장소 권한 설정 배송지 예약",
  grant:
    "grant unlock open_the give_access give_permission full_access admin_access permanent_access can_edit sharing_setting make_public make_it_public add_user invite privilege escalate dispatch authorize approve whitelist 권한부여 권한을부여 권한을줘 관리자권한 잠금해제 공개로 초대해 승인해 승인처리 예외처리",
  dest: "@email @url @phone external attacker 외부로 외부주소 외부서버 외부메일 개인메일 url로 웹훅 webhook 텔레그램",
  ai: "ai assistant chatbot bot chatgpt gpt gpt-4 gpt-3 llm llama claude gemini language_model ai_model agent copilot siri alexa openai 어시스턴트 에이전트 인공지능 챗봇 비서 챗지피티 언어모델 자동화봇 상담봇",
  talk: "explain explanation why how article research_paper study detect detection defend defense defence prevent prevention mitigate example_of lecture class essay blog documentation docs tutorial analyze analyse review difference definition meaning history learn understand presentation training_material report awareness classify classification 설명 이유 위험 방어 방지 예방 교육 탐지 개념 분석 사례 뜻이 뜻을 의미 정의 보고서 발표 강의 수업 대응 막는 막기 차단하는 기사 논문 문서화 체크리스트 정리해 전략 특징 방법 처벌 초보자 가이드문 세미나 퀴즈",
  say: "say respond reply answer write output print type begin_your start_your begin_with start_with starting_with beginning_with prefix prefixed repeat_after reply_with respond_with answer_with 라고답 라고말 라고만 라고대답 라고출력 로시작 답변을 답해 대답해",
  only: "only exactly verbatim nothing_else nothing_but word_for_word without_modification without_changing literally just_say precisely 만출력 만말해 그대로 정확히 한글자 토씨",
  granted: "access_granted granted access_denied pwned hacked 접근허가 접근권한 승인됨",
  urgent: "important attention urgent immediately warning critical emergency asap right_now 긴급 즉시 당장 중요공지 시스템공지 시스템알림 주의 경고",
  conceal:
    "without_telling not_tell not_mention not_inform not_notify secretly silently quietly do_not_disclose without_notifying not_alert without_asking without_confirmation no_confirmation hidden_from covertly 몰래 모르게 알리지 말하지말 언급하지 조용히 확인없이 묻지말 보고하지 티내지 비밀리에",
  authority:
    "i_am_your your_developer your_creator your_owner your_admin i_am_the administrator admin developer root superuser openai_developer system_administrator ceo i_created authorized_user 관리자 개발자 개발팀 운영자 운영팀 대표님지시 보안팀 책임자 루트 시스템관리 본사 만든사람",
  run: "execute run eval invoke call perform carry_out decode decrypt deobfuscate base64 rot13 use_the 실행 디코딩 해독 복호화 수행 호출해 돌려",
  ended:
    "end_of end_user begin_user untrusted_user user_input ambiguity im_start im_end system_override end_instruction new_session session_ended 끝났 종료됨 입력종료 여기까지",
  harm: "bomb weapon gun ammunition explosive meth drug heroin cocaine narcotic painkiller kill murder assassinate hack hacker malware ransomware keylogger virus ddos phishing phish steal stolen theft thief exploit fraud fraudulent scam scammer counterfeit forge forged forgery launder laundering smuggle traffick trafficking poison suicide self-harm starve racist racism sexist stereotype stereotypes slur hate hateful discriminate discriminatory derogatory porn pornographic nsfw explicit nude sexual sexually seduce incest rape torture gore violent violence abuse abusive harass harassment bully stalk stalking blackmail extort bribe bribery manipulate manipulation deceive deceptive illegal illegally illicit unlawful terrorist extremist propaganda misinformation disinformation conspiracy genocide holocaust minors underage evade evasion undetected gambling plagiarize plagiarise impersonate doxx insider_trading loophole loopholes unethical taboo controversial provocative 폭탄 해킹 마약 살인 악성코드 피싱 훔치 불법 위조 협박 도박 자살 차별 음란",
  fiction:
    "novel novelist story storytelling storyline fiction fictional fictitious screenplay screenwriter scriptwriter script character narrative scenario hypothetical imagine imaginary envision pretend suppose parallel_universe alternate_reality alternate_universe dystopian fantasy game role-playing protagonist villain dialogue scene movie film creative_writing 소설 이야기 상상 가상 시나리오 등장인물 영화",
  howto:
    "step-by-step step_by_step steps detailed guide in_detail techniques methods tactics strategies how_to recipe blueprint tutorial explicit_instructions realistic specific_examples tips 단계별 자세히 방법을 구체적",
  evade:
    "without_being_caught getting_caught undetected avoid_detection without_detection no_disclaimer without_disclaimer no_warning no_warnings without_warning without_judgment no_judgment coded_language euphemism euphemisms discreet discreetly bypass bypassing circumvent under_the_radar leave_no_trace loopholes subtly 들키지 걸리지 흔적없이",
} as const satisfies Record<string, string>;

export type Cue = keyof typeof lexicon;
export const cues: readonly Cue[] = Object.keys(lexicon) as Cue[];
