package io.pointsman.classifier.features;

import java.util.HashMap;
import java.util.Locale;

/// Words with which a text speaks about how it is to be treated, looked up by the hash of a
/// lower-case word. Immutable after the class is loaded.
enum SteeringWord {
    /// What is spoken about.
    SUBJECT(
            """
            this it that's it's question problem task prompt request query one das dies diese frage \
            aufgabe ist's c'est ceci cette esto eso pregunta isto pergunta questo domanda это вопрос задача \
            这 这个 这个问题 问题 これは この問題は この質問は 이것은 이건 هذا यह\
            """),
    BEING(
            """
            is be are was seems looks that's it's c'est ist sind sei soyez est es son é são è sii \
            是 です 입니다 है\
            """),
    /// How hard it is said to be.
    EASE(
            """
            hard difficult easy trivial simple complex complicated tricky challenging straightforward \
            reasoning medium basic advanced hardest easiest tough impossible nontrivial \
            schwer schwierig leicht einfach trivial komplex difficile facile compliqué \
            difícil fácil trivial complejo complicado complexo facile difficile complesso semplice \
            трудный трудно сложно сложный легко просто простой простая сложная лёгкий легкий \
            简单 容易 困难 很难 难 复杂 简单的 很简单 簡単 簡単です 難しい 難しいです 쉬운 쉬워요 어려운 어려워요 \
            سهل صعب आसान कठिन मुश्किल\
            """),
    /// How able or dear a model is said to be.
    SIZE(
            """
            expensive cheap cheaper cheapest costly premium fast faster fastest slow strong stronger \
            strongest weak weaker weakest small smaller smallest big bigger biggest large larger largest \
            best smart smarter smartest powerful capable deep low high max maximum minimal highest lowest \
            better frontier teure teuerste teuren billige billigste billigen schnelle starke stärkste cher \
            puissant rapide meilleur caro barato rápido potente mejor melhor economico veloce migliore \
            дорогую дешёвую дешевую быструю мощную лучшую самую 便宜的 昂贵的 最好的 最强的 强大的 快速 \
            安い 高性能な 最強の 저렴한 비싼 강력한 الرخيص الأغلى सस्ते महंगे\
            """),
    TARGET(
            """
            model models reasoner llm tier route router routing pool backend lane classifier gpt o1 r1 \
            deepseek opus haiku sonnet flagship effort mode budget difficulty complexity modell modèle raisonneur modelo \
            modello модель модели рассуждения 模型 推理模型 推理 モデル モデルを 推論モデル 모델 모델을 النموذج मॉडल\
            """),
    USE(
            """
            use using don't dont route send choose pick select switch escalate answer respond reply classify treat \
            label mark rate consider forward call prefer requires require needs need output say assign \
            benutze verwende nutze antworte schicke leite utilise utilisez réponds répondez usa utiliza \
            responde use utilize responda rispondi используй используйте ответь отвечай 使用 用 回答 选择 \
            使って 使用して 回答して 使って下さい 사용해 사용하세요 답해 استخدم أجب उपयोग करें\
            """),
    IGNORE(
            """
            ignore disregard forget override bypass ignoriere vergiss ignorez oublie oubliez ignora \
            olvida ignore esqueça dimentica игнорируй забудь 忽略 无视 忘记 無視して 무시하고 무시해 تجاهل\
            """),
    PREVIOUS(
            """
            previous prior above earlier preceding instructions instruction rules guidelines everything \
            prompts directions vorherigen vorherige bisherigen anweisungen précédentes instructions \
            anteriores instrucciones instruções precedenti istruzioni предыдущие инструкции указания \
            之前的 之前 以前的 上面的 所有 指令 指示 以前の 前の 指示を 이전 지시를 지시 السابقة التعليمات\
            """),
    THINK(
            """
            step-by-step think reason breathe breath ponder reflect proceed work denke denk überlege réfléchis \
            réfléchissez pensons piensa pensemos pensa pense pensemos ragiona pensiamo подумай думай \
            подумаем рассуждай 思考 想 考えて 考えましょう 생각해 생각해보자 생각하세요 فكر सोचें सोचो\
            """),
    STEP(
            """
            step steps step-by-step stepwise carefully slowly deeply thoroughly deep hard logically schritt sorgfältig étape \
            étapes soigneusement paso pasos cuidadosamente passo passos passaggio attentamente шаг шагом \
            внимательно шагам 一步一步 一步步 逐步 仔细 ステップバイステップで 段階的に 一歩ずつ 慎重に 단계별로 \
            차근차근 خطوة कदम\
            """),
    STYLE(
            """
            just rigorous rigorously concise brief short succinct terse quick quickly briefly concisely kurz knapp bref concis \
            breve conciso concisa sintetico кратко краток 简洁 简短 簡潔に 간결하게\
            """),
    /// What one may ask of any answer.
    SHOWN(
            "show explain justify check verify double-check prove zeige zeig montre muestra mostre mostra"),
    OWN("your its own deinen dein deine votre ton tu su seu sua tuo tua"),
    ROLE("you act pretend imagine du vous tu eres você sei ты вы 你 あなたは 당신은"),
    EXPERT(
            """
            expert genius specialist assistant renowned experienced world-class professional guru experte \
            expertin experto experta especialista esperto эксперт 专家 専門家 전문가\
            """),
    /// Politeness around a request.
    COURTESY(
            """
            please pls plz ok okay cool nice great awesome perfect bye goodbye lol thanks thank thx cheers hi hello hey hiya greetings kindly bitte danke hallo \
            merci bonjour salut gracias hola obrigado obrigada olá grazie ciao пожалуйста спасибо привет \
            здравствуйте 请 谢谢 你好 您好 ありがとう こんにちは お願いします 안녕하세요 감사합니다 부탁합니다 \
            شكرا مرحبا धन्यवाद नमस्ते कृपया\
            """),
    /// What may stand between the others.
    FILLER(
            """
            the a an very really so quite extremely super incredibly pretty just only too much most more \
            your you my me us let lets let's we i and or to by with as for of in on at now then all any \
            before after answering responding about through out not no don't know well ok okay will must \
            should can could would first time than less that's always even though it's take go set make give \
            tier level in advance there dear from world class its them was self yourself every each detail details correct ever asked solution solutions work there i'm der die das ein \
            eine sehr ganz für nach und mit uns lass dem den le la les un une très toutes tout par pas nous \
            et el los las un una muy todas todo por a y con nos o os um uma muito todas vamos per il lo gli \
            molto tutte tutti e i очень все по давай эту самую и за 让我们 地 的 吧 非常 很 来 请你 一下 を \
            ください は に で とても 아주 매우 هذه كل في करके\
            """),
    /// Before it, the end of a clause is part of what the clause says.
    BINDING(
            """
            that why if whether because how what which when where who whom to i you we they should can \
            could would do does did must not than as is are of for in on with and or dass ob warum wie que \
            si pourquoi comment por como che se perché что почему если как of from at about by\
            """),
    /// After it, the start of a clause is part of what the clause says.
    CONTINUING(
            "of for to in on with that than as at from about and or by von für zu de para di per из");

    /// What a clause may begin with that is told apart without a mark before it.
    static final int STARTERS = starters();

    private static final WordTable WORDS = table();

    private final String words;

    SteeringWord(String words) {
        this.words = words;
    }

    /// The bit that stands for this kind.
    @SuppressWarnings("EnumOrdinal") // the hot path uses sets of bits
    int bit() {
        return 1 << ordinal();
    }

    /// A bit per kind that the word with this hash is of.
    static int kinds(long hash) {
        return (int) WORDS.get(hash);
    }

    private static int starters() {
        return SUBJECT.bit()
                | BEING.bit()
                | USE.bit()
                | IGNORE.bit()
                | THINK.bit()
                | STEP.bit()
                | SHOWN.bit()
                | COURTESY.bit();
    }

    private static WordTable table() {
        var kinds = new HashMap<Long, Long>();
        for (var kind : values()) {
            for (var word : kind.words.strip().split("\\s+", 0)) {
                long hash = Hash.text(Hash.START, word.toLowerCase(Locale.ROOT));
                kinds.merge(hash, (long) kind.bit(), (some, others) -> some | others);
            }
        }
        return WordTable.of(kinds);
    }
}
